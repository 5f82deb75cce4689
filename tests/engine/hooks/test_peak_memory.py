from __future__ import annotations

import numpy as np
import pytest
from mmengine.logging import MessageHub

from oadp_mm.engine.hooks import peak_memory
from oadp_mm.engine.hooks.peak_memory import PeakMemoryHook


class Runner:
    def __init__(self) -> None:
        self.message_hub = MessageHub('peak memory')


def logged(runner: Runner) -> float:
    PeakMemoryHook().after_train_iter(runner, 0)
    return runner.message_hub.get_scalar('train/memory').current()


def test_memory_that_was_held_once_stays_in_the_log():
    runner = Runner()
    before = logged(runner)
    # Above any earlier peak, so that the peak grows by what is more than it: 64 MB of ones here.
    held = [np.ones(1 << 23)]  # 2^23 doubles
    while logged(runner) < before + 64:
        held.append(np.ones(1 << 23))
    reached = logged(runner)
    assert reached >= before + 64
    held.clear()
    assert logged(runner) >= reached


def test_a_gpus_own_peak_is_left_to_the_host(monkeypatch):
    monkeypatch.setattr(peak_memory, 'get_device', lambda: 'cuda')
    runner = Runner()
    runner.message_hub = MessageHub('gpu')
    PeakMemoryHook().after_train_iter(runner, 0)
    with pytest.raises(KeyError):
        runner.message_hub.get_scalar('train/memory')
