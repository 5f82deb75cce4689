from __future__ import annotations

import io
import os
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from oadp_mm.files import safe_pickle
from oadp_mm.files.safe_pickle import CheckpointError, load_torch


class Call:
    """Is unpickled by calling a function."""

    def __init__(self, function: Callable, *args: object) -> None:
        self.call = function, args

    def __reduce__(self) -> tuple:
        return self.call




DISGUISES = {
    'os': lambda proof: Call(os.mkdir, str(proof)),
    'builtins': lambda proof: Call(exec, f'import os; os.mkdir({str(proof)!r})'),
    'open': lambda proof: Call(io.open, str(proof), 'w'),
    'a class': lambda proof: Call(Path.mkdir, Path(proof)),
    'numpy': lambda proof: Call(np.save, str(proof), np.ones(1)),
    'torch': lambda proof: Call(torch.save, {}, str(proof)),
}


@pytest.fixture(params=[False, True], ids=['torch', 'torch before 2.5'])
def _either(request, monkeypatch) -> None:
    if request.param:
        monkeypatch.delattr(torch.serialization, 'safe_globals')


@pytest.mark.usefixtures('_either')
@pytest.mark.parametrize('zipped', [True, False])
@pytest.mark.parametrize('disguise', DISGUISES)
def test_nothing_in_a_file_is_executed(tmp_path, disguise, zipped):
    proof, path = tmp_path / 'proof', tmp_path / 'x.pth'
    torch.save({'weight': torch.ones(1), 'meta': DISGUISES[disguise](proof)}, path,
               _use_new_zipfile_serialization=zipped)
    with pytest.raises(CheckpointError, match='not executed'):
        load_torch(path)
    assert not proof.exists()


@pytest.mark.usefixtures('_either')
def test_a_log_and_numbers_of_numpy_are_read(tmp_path):
    content = {
        'weight': torch.nn.Parameter(torch.randn(2, 3).half()), 'step': torch.tensor(3),
        'shape': torch.Size([1, 2]), 'score': np.float32(0.5), 'rank': np.int64(3),
        'areas': np.arange(6.).reshape(2, 3), 'flag': np.bool_(True),
        'log': HistoryBuffer([1., 2.], [1, 1])}
    torch.save(content, tmp_path / 'x.pth')
    found = load_torch(tmp_path / 'x.pth')
    assert torch.equal(found['weight'], content['weight'])
    assert found['shape'] == content['shape']
    for name in ('step', 'score', 'rank', 'flag'):
        assert found[name] == content[name]
        assert type(found[name]) is type(content[name])
    np.testing.assert_array_equal(found['areas'], content['areas'])
    assert isinstance(found['log'], safe_pickle.Log)
    assert found['log'].state['max_length'] == 1000000
    np.testing.assert_array_equal(found['log'].state['_log_history'], [1, 2])


def test_a_stand_in_calls_nothing(tmp_path):
    torch.save({'weight': torch.ones(1), 'found': Call(getattr, HistoryBuffer, 'mean')},
               tmp_path / 'x.pth')
    found = load_torch(tmp_path / 'x.pth')['found']
    assert not callable(found)
    assert not isinstance(found, types.FunctionType)
    assert found.args[1] == 'mean'
