from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer, MessageHub
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_from_local
from safetensors.torch import save_file

import oadp_mm.engine  # noqa: F401 (replaces mmengine's loader of files)
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.training_checkpoint import read_training_checkpoint


def test_all_that_a_runner_saved_is_there(tmp_path):
    hub = MessageHub.get_instance(tmp_path.name)
    for loss in (3., 2., 1.):
        hub.update_scalar('train/loss', loss)
    hub.update_info('best_score', np.float32(0.5))
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(2))], lr=0.1)
    torch.save({'state_dict': {'weight': torch.ones(2)}, 'optimizer': optimizer.state_dict(),
                'message_hub': hub.state_dict(), 'meta': {'epoch': 3, 'cfg': 'a = 1'}},
               tmp_path / 'x.pth')
    found = read_training_checkpoint(tmp_path / 'x.pth')
    assert found['meta'] == {'epoch': 3, 'cfg': 'a = 1'}
    assert found['optimizer'] == optimizer.state_dict()
    again = MessageHub.get_instance(f'{tmp_path.name} again')
    again.load_state_dict(found['message_hub'])
    history = again.get_scalar('train/loss')
    assert isinstance(history, HistoryBuffer)
    assert history.mean() == 2
    assert again.get_info('best_score') == 0.5


class Touch:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_mmengine_loads_no_code(tmp_path):
    """By the loader of `--resume`, `load_from` and tools/test.py; its own one does."""
    proof, path = tmp_path / 'proof', tmp_path / 'x.pth'
    torch.save({'state_dict': {'weight': torch.ones(2)}, 'meta': {'x': Touch(proof)}}, path)
    with pytest.raises(CheckpointError, match='not executed'):
        CheckpointLoader.load_checkpoint(str(path), map_location='cpu')
    assert not proof.exists()
    load_from_local(str(path), map_location='cpu')
    assert proof.exists()


def test_a_text_that_mmengine_would_execute_is_left_out(tmp_path):
    torch.save({'state_dict': {'weight': torch.ones(2)}, 'meta': {'config': 'import os'}},
               tmp_path / 'x.pth')
    assert CheckpointLoader.load_checkpoint(str(tmp_path / 'x.pth'))['meta'] == {}


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(CheckpointError, match=r'x\.pth does not exist: check the path'):
        CheckpointLoader.load_checkpoint(str(tmp_path / 'x.pth'))


@pytest.mark.parametrize('value', [
    np.float64(0.5), np.int16(-3), np.bool_(True), np.complex64(1 + 2j), np.str_('a'),
    np.arange(6, dtype='>f4').reshape(2, 3), np.asfortranarray(np.arange(6.).reshape(2, 3)),
    np.array([['a', 'bc']]), np.array([1, 'a', None], object), np.zeros((0, 3))])
def test_values_of_numpy_come_back(tmp_path, value):
    torch.save({'state_dict': {}, 'meta': {'nested': [(value,)]}}, tmp_path / 'x.pth')
    (found,), = read_training_checkpoint(tmp_path / 'x.pth')['meta']['nested']
    assert type(found) is type(value)
    assert found.dtype.newbyteorder('=') == value.dtype.newbyteorder('=')
    np.testing.assert_array_equal(found, value)


class Flagged:
    """An array whose dtype says that its bytes are addresses of objects, and whose data are one."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __reduce__(self) -> tuple:
        dtype = Call(np.dtype, ('O8', False, True), (3, '|', None, None, None, -1, -1, 0))
        if self.kind is np.ndarray:
            return (np.zeros(1).__reduce__()[0], (np.ndarray, (0,), b'b'),
                    (1, (1,), dtype, False, id(os.system).to_bytes(8, 'little')))
        return np.float64(0).__reduce__()[0], (dtype, id(os.system).to_bytes(8, 'little'))


class Call:
    def __init__(self, function, args: tuple, state: tuple) -> None:
        self.parts = function, args, state

    def __reduce__(self) -> tuple:
        return self.parts


@pytest.mark.parametrize('kind', [np.ndarray, np.float64])
def test_bytes_are_not_taken_for_objects(tmp_path, kind):
    """numpy itself would hand out `os.system`, or crash."""
    torch.save({'state_dict': {}, 'meta': {'x': Flagged(kind)}}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match='not a readable checkpoint'):
        read_training_checkpoint(tmp_path / 'x.pth')


def test_an_array_larger_than_its_file_is_not_made(tmp_path):
    bomb = np.zeros(1).__reduce__()
    state = (1, (2**40,), np.dtype('f8'), False, bytes(8))
    torch.save({'state_dict': {}, 'meta': {'x': Call(bomb[0], bomb[1], state)}}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match='not a readable checkpoint'):
        read_training_checkpoint(tmp_path / 'x.pth')


def test_weights_of_safetensors_are_loaded(tmp_path):
    save_file({'weight': torch.ones(2)}, tmp_path / 'x.safetensors', {'epoch': '3'})
    found = CheckpointLoader.load_checkpoint(str(tmp_path / 'x.safetensors'))
    assert found['meta'] == {'epoch': '3'}
    assert torch.equal(found['state_dict']['weight'], torch.ones(2))
