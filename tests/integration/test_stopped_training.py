"""A training that is told to end does so with its data workers and says how to go on."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stages.test_child_process import gone

pytestmark = pytest.mark.integration

SMALL = ['train_dataloader.num_workers=2', 'train_dataloader.persistent_workers=True',
         'train_dataloader.batch_size=4', 'train_dataloader.dataset.dataset.num_scenes=64',
         'train_cfg.max_epochs=500', 'default_hooks.logger.interval=1']


def children(process: int) -> list[int]:
    return [int(word) for word in
            Path(f'/proc/{process}/task/{process}/children').read_text().split()]


@pytest.mark.parametrize(('number', 'send'), [
    (signal.SIGINT, os.killpg),  # Ctrl-C
    (signal.SIGHUP, os.killpg),  # a closed terminal
    (signal.SIGTERM, os.kill),
    (signal.SIGTERM, os.killpg),  # `timeout`, or a scheduler
])
def test_a_signal_ends_training_and_workers_in_one_line(tmp_path, number, send):
    # These tests may run in the background or under nohup, where the two are ignored.
    before = [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGINT, signal.SIGHUP)]
    with open(tmp_path / 'log', 'w') as log:
        process = subprocess.Popen(
            [sys.executable, '-m', 'oadp_mm', 'train', 'oadp_resnet18_1xb32-coslr-7e_digits',
             '--work-dir', str(tmp_path / 'run'), '--cfg-options', *SMALL],
            stdout=log, stderr=log, start_new_session=True)
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGHUP, before[1])
    try:
        end = time.monotonic() + 120
        while 'loss:' not in (text := (tmp_path / 'log').read_text()):
            assert process.poll() is None and time.monotonic() < end, text
            time.sleep(.2)
        workers = children(process.pid)
        assert len(workers) >= 2
        send(process.pid, number)
        assert process.wait(60) == 130
        text = (tmp_path / 'log').read_text()
        assert text.endswith('oadp-mm: stopped; the same command with --resume goes on from the '
                             'newest checkpoint\n')
        assert 'Traceback' not in text
        assert all(map(gone, workers))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
