from __future__ import annotations

import pytest

from oadp_mm.stages.outlook import Outlook
from oadp_mm.stages.stage import Stage


def begun(*seconds: float, skipped: int = 0, resumed: bool = False) -> Outlook:
    """Stages of so many seconds, some done before, the next one begun."""
    stages = [Stage(f's{n}', f'stage {n}', ('true',), s, 'k') for n, s in enumerate(seconds)]
    outlook = Outlook(stages)
    for stage in stages[:skipped]:
        outlook.skip(stage)
    outlook.begin(stages[skipped], resumed)
    return outlook


def test_time_to_go_is_the_expected_rest_on_a_machine_as_fast_as_expected():
    outlook = begun(100, 60)
    outlook.reach(.5)
    assert outlook.seconds_left(50) == pytest.approx(110)
    # Twice as slow: the prior of 30 s holds the ratio at (130 + 30) / (50 + 30).
    assert outlook.seconds_left(130) == pytest.approx(110 * 2)
    assert outlook.finished == pytest.approx(50 / 160)


def test_work_done_before_is_neither_to_go_nor_fast():
    outlook = begun(100, 100, 50, skipped=1, resumed=True)
    outlook.reach(.5)
    assert outlook.seconds_left(0) == pytest.approx(50 + 50)
    assert outlook.finished == pytest.approx(150 / 250)
    outlook.end()
    assert outlook.seconds_left(50) == pytest.approx(50)


def test_what_a_failed_stage_would_have_taken_is_not_to_go():
    outlook = begun(100, 60)
    outlook.reach(.25)
    outlook.end(failed=True)
    assert outlook.seconds_left(25) == pytest.approx(60)
    assert outlook.finished == pytest.approx(100 / 160)


def test_a_line_out_of_order_takes_nothing_back():
    outlook = begun(100)
    outlook.reach(.5)
    outlook.reach(.25)
    assert outlook.share == .5
