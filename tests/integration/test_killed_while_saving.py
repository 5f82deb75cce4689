"""A training that is killed while it writes a checkpoint goes on from the one before."""
from __future__ import annotations

import errno
import multiprocessing as mp
import os
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.fileio import LocalBackend
from mmengine.runner import Runner as HostRunner

from oadp_mm.engine import Runner
from tests.engine.conftest import Line

pytestmark = pytest.mark.integration
EPOCHS = 3


def train(work_dir: Path, ours: bool, resume: bool) -> Line:
    line = Line()
    with torch.no_grad():
        line.weight.weight.fill_(2.)
    prefix = 'oadp_mm.' if ours else ''
    (Runner if ours else HostRunner)(
        model=line, work_dir=str(work_dir), default_scope='mmengine', resume=resume,
        experiment_name=f'{work_dir.name}-{resume}',
        train_dataloader={
            'dataset': [{'inputs': torch.full((1,), i / 4)} for i in range(4)], 'batch_size': 1,
            'num_workers': 0, 'collate_fn': {'type': 'default_collate'},
            'sampler': {'type': 'DefaultSampler', 'shuffle': True}},
        train_cfg={'by_epoch': True, 'max_epochs': EPOCHS},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}},
        default_hooks={'checkpoint': {'type': f'{prefix}CheckpointHook', 'interval': 1,
                                      'max_keep_ckpts': 1}},
        randomness={'seed': 0}).train()
    return line


def train_until_killed(work_dir: Path, ours: bool, epoch: int) -> None:
    """Half of the bytes of this epoch's checkpoint reach the disk."""
    write = LocalBackend.put

    def put(self, content: bytes, path: str) -> None:
        if f'epoch_{epoch}.pth' not in str(path):
            return write(self, content, path)
        Path(path).write_bytes(content[:len(content) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    LocalBackend.put = put
    train(work_dir, ours, resume=False)


def kill_in(work_dir: Path, ours: bool, epoch: int) -> None:
    child = mp.get_context('fork').Process(target=train_until_killed, args=(work_dir, ours, epoch))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


@pytest.mark.parametrize('epoch', [2, 3])
def test_it_goes_on_from_the_last_whole_one(tmp_path, epoch):
    whole = train(tmp_path / 'whole', ours=True, resume=False)
    folder = tmp_path / 'killed'
    kill_in(folder, True, epoch)
    assert {path.name for path in folder.glob('*.pth')} == {f'epoch_{epoch - 1}.pth'}
    resumed = train(folder, ours=True, resume=True)
    assert torch.equal(resumed.weight.weight, whole.weight.weight)
    assert {path.name for path in folder.glob('*.pth')} == {f'epoch_{EPOCHS}.pth'}
    assert not list(folder.glob('.*.partial'))  # the half file is gone


def test_the_hosts_own_loses_the_training(tmp_path):
    """What the above is for: the old file is gone before the new one is whole."""
    kill_in(tmp_path, False, 2)
    with pytest.raises(Exception, match=r'.'):
        train(tmp_path, ours=False, resume=True)


def test_a_full_disk_leaves_the_last_whole_one(tmp_path, monkeypatch):
    whole = train(tmp_path / 'whole', ours=True, resume=False)
    write, folder = LocalBackend.put, tmp_path / 'full'

    def put(self, content: bytes, path: str) -> None:
        if 'epoch_2.pth' not in str(path):
            return write(self, content, path)
        Path(path).write_bytes(content[:1000])
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(LocalBackend, 'put', put)
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: SimpleNamespace(free=0))
    with pytest.raises(OSError, match=r'epoch_2\.pth cannot be written \(No space left on device\)'
                                      r': it takes about 0\.0 MB and there is room for 0\.0 MB'):
        train(folder, ours=True, resume=False)
    monkeypatch.setattr(LocalBackend, 'put', write)
    assert [path.name for path in folder.glob('*.pth')] == ['epoch_1.pth']
    assert not list(folder.glob('.*.partial'))
    assert torch.equal(train(folder, ours=True, resume=True).weight.weight, whole.weight.weight)
