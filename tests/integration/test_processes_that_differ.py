"""Two processes of which one has other images, or stops: the training ends, and says why."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.journey.tiny_folder import write_images

pytestmark = pytest.mark.integration

#: A folder for each process, 41 images or so: they leave a rest of a batch.
CONFIG = """
import os
_base_ = [{base!r}]
train_dataloader = dict(num_workers=0, batch_size=4, dataset=dict(dataset=dict(
    _delete_=True, type='oadp_mm.ImageFolder', data_root={folders!r}[int(os.environ['RANK'])],
    pipeline=[dict(type='oadp_mm.LoadImage')])))
train_cfg = dict(max_epochs=1000)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(interval=1000))
env_cfg = dict(dist_cfg=dict(timeout=10))
"""


def start(tmp_path: Path, folders: list[Path]) -> subprocess.Popen:
    base = ROOT / 'configs/oadp/oadp_resnet18_1xb32-coslr-7e_digits.py'
    (tmp_path / 'two.py').write_text(CONFIG.format(base=str(base), folders=list(map(str, folders))))
    return subprocess.Popen(
        [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', '2',
         '-m', 'oadp_mm', 'train', str(tmp_path / 'two.py'), '--launcher', 'pytorch', '--work-dir',
         str(tmp_path / 'run')],
        env={**os.environ, 'OMP_NUM_THREADS': '1', 'CUDA_VISIBLE_DEVICES': ''},
        stdout=(tmp_path / 'out').open('w'), stderr=subprocess.STDOUT, start_new_session=True)


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def told(tmp_path: Path) -> str:
    return '\n'.join(line for line in (tmp_path / 'out').read_text().splitlines()
                     if line.startswith('oadp-mm: error: '))


def test_other_images_on_one_of_two_are_refused_in_one_sentence(tmp_path):
    process = start(tmp_path, [write_images(tmp_path / 'a', 12), write_images(tmp_path / 'b', 9)])
    try:
        assert process.wait(180)
        assert told(tmp_path).count('oadp-mm: error') == 1
        assert 'different images (12 images' in told(tmp_path)
        assert '9 images' in told(tmp_path)
    finally:
        end(process)


def test_a_stopped_process_is_named_by_the_one_that_waits(tmp_path):
    images = write_images(tmp_path / 'a', 41)
    process = start(tmp_path, [images, images])
    stopped = None
    try:
        limit = time.monotonic() + 180
        while 'loss:' not in (text := (tmp_path / 'out').read_text()):
            assert process.poll() is None and time.monotonic() < limit, text
            time.sleep(.2)
        children = Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text().split()
        stopped = next(int(child) for child in children
                       if b'\0RANK=1\0' in Path(f'/proc/{child}/environ').read_bytes())
        os.kill(stopped, signal.SIGSTOP)
        limit = time.monotonic() + 120
        while not told(tmp_path):
            assert process.poll() is None and time.monotonic() < limit
            time.sleep(.2)
        assert ' for process 1: see what has stopped it' in told(tmp_path)
    finally:
        if stopped is not None:
            os.kill(stopped, signal.SIGKILL)
        process.wait(60)
        end(process)
