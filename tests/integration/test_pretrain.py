"""`oadp-mm pretrain` in processes of its own: killed, and in two of them."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from oadp_mm.files.checkpoint import read_checkpoint
from tests.journey.tiny_folder import TINY, write_images

pytestmark = pytest.mark.integration
ENV = {**os.environ, 'OMP_NUM_THREADS': '1'}


def command(tmp_path: Path, work_dir: str, *more: str) -> list[str]:
    images = tmp_path / 'images'
    if not images.exists():
        write_images(images, 12)
    return [sys.executable, '-m', 'oadp_mm', 'pretrain', str(images), *TINY, '--work-dir',
            str(tmp_path / work_dir), *more]


def run(words: list[str]) -> str:
    done = subprocess.run(words, env=ENV, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def same(one: Path, other: Path) -> bool:
    first, second = (read_checkpoint(path).tensors for path in (one, other))
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first)


def wait_for(path: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)


def test_a_stopped_and_a_killed_one_go_on_by_the_same_command(tmp_path):
    more = ('--method', 'moco', '--epochs', '40')
    words = command(tmp_path, 'killed', *more)
    for number, epoch in ((signal.SIGTERM, 4), (signal.SIGKILL, 12)):
        process = subprocess.Popen(words, env=ENV, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        wait_for(tmp_path / f'killed/epoch_{epoch}.pth', process)
        process.send_signal(number)
        told = process.communicate()[1]
        assert process.returncode == (130 if number == signal.SIGTERM else -number)
        assert ('stopped; the same command goes on' in told) == (number == signal.SIGTERM)
    assert not (tmp_path / 'killed/epoch_40.pth').exists()
    run(words)
    run(command(tmp_path, 'whole', *more))
    assert same(tmp_path / 'whole/epoch_40.pth', tmp_path / 'killed/epoch_40.pth')
    assert 'is finished: all 40 epochs are done' in run(words)


def test_one_of_two_that_start_together_trains_and_is_the_one_that_is_told(tmp_path):
    rates = ('0.001', '0.5')
    both = [subprocess.Popen(command(tmp_path, 'run', '--epochs', '2', '--method', 'byol', '--lr',
                                     rate), env=ENV, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True) for rate in rates]
    told = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 2]
    winner = [process.returncode for process in both].index(0)
    last = told[1 - winner].splitlines()[-1]
    assert 'another pretraining is running' in last or 'it would be another' in last
    assert f'lr={rates[winner]}' in (tmp_path / 'run/pretrain.py').read_text()
    trained = read_checkpoint(tmp_path / 'run/epoch_2.pth').meta['cfg']
    assert f'lr={rates[winner]}' in trained and f'lr={rates[1 - winner]}' not in trained


@pytest.mark.parametrize('method', ['scd-moco', 'byol', 'soco'])  # and a neck of mmpretrain's
def test_two_processes_train_together_and_go_on(tmp_path, method):
    words = command(tmp_path, 'two', '--method', method, '--epochs', '2', '--gpus', '2')
    assert 'oadp-mm probe' in run(words)
    tensors = read_checkpoint(tmp_path / 'two/epoch_2.pth').tensors
    assert method != 'scd-moco' or len(tensors['head.queues.0.rows']) == 8  # a batch of both
    (tmp_path / 'two/epoch_2.pth').rename(tmp_path / 'whole.pth')
    run(words)
    assert same(tmp_path / 'two/epoch_2.pth', tmp_path / 'whole.pth')
