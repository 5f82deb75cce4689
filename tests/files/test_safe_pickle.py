from __future__ import annotations

import argparse
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from oadp_mm.files import safe_pickle
from oadp_mm.files.safe_pickle import CheckpointError, load_torch
from tests.files.disguises import Call


@pytest.fixture(params=[False, True], ids=['torch', 'torch before 2.5'])
def _either(request, monkeypatch) -> None:
    if request.param:
        monkeypatch.delattr(torch.serialization, 'safe_globals')


@pytest.mark.usefixtures('_either')
def test_tensors_are_read_and_all_else_is_noted(tmp_path):
    content = {
        'weight': torch.nn.Parameter(torch.randn(2, 3).half()), 'step': torch.tensor(3),
        'shape': torch.Size([1, 2]), 'steps': frozenset([1, 2]), 'score': np.float32(0.5),
        'areas': np.arange(6.), 'log': HistoryBuffer([1., 2.], [1, 1]),
        'args': argparse.Namespace(lr=0.1), 'path': Path('x')}
    torch.save(content, tmp_path / 'x.pth')
    found = load_torch(tmp_path / 'x.pth')
    for name in ('weight', 'step'):
        assert torch.equal(found[name], content[name])
    assert (found['shape'], found['steps']) == (content['shape'], content['steps'])
    assert isinstance(found['log'], safe_pickle.Log)
    assert found['log'].state['max_length'] == 1000000
    assert isinstance(found['score'], safe_pickle.SCALARS)
    assert isinstance(found['areas'], safe_pickle.ARRAYS)
    assert found['areas'].state[-1] == content['areas'].tobytes()
    assert all(isinstance(found[name], safe_pickle.StandIn) for name in ('args', 'path'))


@pytest.mark.usefixtures('_either')
def test_a_script_is_not_run(tmp_path):
    class Script(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    torch.jit.script(Script()).save(str(tmp_path / 'x.pth'))
    with pytest.raises(CheckpointError, match='not executed'):
        load_torch(tmp_path / 'x.pth')


def test_a_packed_archive_is_not_unpacked(tmp_path):
    """A few kB could hold a GB."""
    torch.save({'weight': torch.zeros(1000)}, tmp_path / 'plain.pth')
    with zipfile.ZipFile(tmp_path / 'plain.pth') as plain, zipfile.ZipFile(
            tmp_path / 'x.pth', 'w', zipfile.ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(CheckpointError, match='not a readable checkpoint'):
        load_torch(tmp_path / 'x.pth')


def test_a_stand_in_calls_nothing(tmp_path):
    torch.save({'weight': torch.ones(1), 'found': Call(getattr, HistoryBuffer, 'mean')},
               tmp_path / 'x.pth')
    found = load_torch(tmp_path / 'x.pth')['found']
    assert not callable(found)
    assert not isinstance(found, types.FunctionType)
    assert found.args[1] == 'mean'
