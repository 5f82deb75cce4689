from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.own_process import taken_by


def test_memory_is_what_the_work_adds() -> None:
    held = np.ones(30_000_000, np.uint8)
    assert taken_by(lambda: held.sum()).megabytes < 20
    assert 50 < taken_by(lambda: np.ones(50_000_000, np.uint8)).megabytes < 70


def test_waiting_takes_no_seconds_of_a_core() -> None:
    def busy() -> None:
        end = time.process_time() + .3
        while time.process_time() < end:
            pass

    # of the core, so that a busy machine changes neither
    assert taken_by(lambda: time.sleep(.3)).seconds < taken_by(busy).seconds
    assert taken_by(busy).seconds > .25


def test_work_that_fails_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match='failed'):
        taken_by(lambda: 1 / 0)
