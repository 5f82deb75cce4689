"""Each way by which a run comes to load a file, with one that runs code when it is unpickled."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.model import initialize
from mmengine.runner import CheckpointLoader, Runner
from mmengine.runner.checkpoint import load_from_local
from torch import nn

from oadp_mm import engine
from oadp_mm.files.checkpoint import CheckpointError
from tests.files.disguises import FILES

HOOKS = [{'type': 'oadp_mm.AfterStepHook'}]

DOORS = {
    'resume': lambda make, path: make(resume=True, load_from=path).train(),
    'load_from': lambda make, path: make(load_from=path).train(),
    'load_or_resume': lambda make, path: make(load_from=path).load_or_resume(),
    'load_checkpoint': lambda make, path: make().load_checkpoint(path),
    'runner.resume': lambda make, path: make().resume(path),
    'Pretrained': lambda make, path: initialize(
        nn.Linear(1, 1), {'type': 'Pretrained', 'checkpoint': path}),
    'a part of Pretrained': lambda make, path: initialize(
        nn.Linear(1, 1), {'type': 'Pretrained', 'checkpoint': path, 'prefix': 'state_dict'}),
}


@pytest.mark.parametrize('runner', [Runner, engine.Runner])
@pytest.mark.parametrize('door', DOORS)
def test_a_run_executes_nothing(tmp_path, line, make_runner, door, runner):
    path, proof = tmp_path / 'x.pth', tmp_path / 'proof'
    FILES['getattr zipped True'](path, proof)
    with pytest.raises(CheckpointError, match='not executed'):
        DOORS[door](lambda **changed: make_runner(line, HOOKS, cls=runner, **changed), str(path))
    assert not proof.exists()


def test_the_newest_of_a_folder_is_not_executed(tmp_path, line, make_runner):
    runner = make_runner(line, HOOKS, cls=engine.Runner)
    runner.train()
    FILES['getattr zipped True'](tmp_path / 'work/epoch_1.pth', tmp_path / 'proof')
    with pytest.raises(CheckpointError, match='not executed'):
        make_runner(line, HOOKS, cls=engine.Runner, resume=True).train()
    assert not (tmp_path / 'proof').exists()


def test_a_text_in_the_metadata_is_not_executed(tmp_path, line, make_runner):
    """mmengine reads a config there as Python."""
    runner = make_runner(line, HOOKS, cls=engine.Runner)
    runner.train()
    path, proof = tmp_path / 'work/epoch_1.pth', tmp_path / 'proof'
    content = torch.load(path, weights_only=False)
    for key in ('config', 'cfg'):
        content['meta'][key] = f'import os\nos.mkdir({str(proof)!r})\n'
    torch.save(content, path)
    for cls in (Runner, engine.Runner):
        make_runner(line, HOOKS, cls=cls, resume=True, load_from=str(path)).train()
    assert not proof.exists()


def test_what_a_run_saved_is_read_as_mmengine_reads_it(tmp_path, line, make_runner):
    """Bit by bit, and of the same types."""
    runner = make_runner(line, HOOKS, cls=engine.Runner, optim_wrapper={
        'optimizer': {'type': 'Adam', 'lr': 0.1}})
    runner.message_hub.update_info('best', np.float32(0.1))
    runner.message_hub.update_info('palette', np.arange(6, dtype=np.uint8).reshape(2, 3))
    runner.train()
    path = str(tmp_path / 'work/epoch_1.pth')
    assert_same(CheckpointLoader.load_checkpoint(path, 'cpu'), load_from_local(path, 'cpu'))


def assert_same(ours: object, theirs: object) -> None:
    assert type(ours) is type(theirs)
    if isinstance(theirs, HistoryBuffer):
        ours, theirs = vars(ours), vars(theirs)
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for key in theirs:
            assert_same(ours[key], theirs[key])
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs)
        for place, each in enumerate(theirs):
            assert_same(ours[place], each)
    elif isinstance(theirs, torch.Tensor):
        assert ours.dtype == theirs.dtype
        assert torch.equal(ours, theirs)
    elif isinstance(theirs, (np.ndarray, np.generic)):
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes()
    else:
        assert ours == theirs
