from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer, MessageHub
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_from_local

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
