from __future__ import annotations

import io

import pytest
from rich.console import Console

from oadp_mm.stages import display as display_module
from oadp_mm.stages.display import Display, share_done, spoken
from oadp_mm.stages.stage import Stage


@pytest.mark.parametrize(('line', 'epochs', 'share'), [
    ('10/01 12:00:00 - mmengine - INFO - Epoch(train)  [3][10/40]  lr: 2.0e-02', 5, .9 * 2.25 / 5),
    ('INFO - Iter(train) [ 40/240]  lr: 1.0e-02  eta: 0:01:00', 0, .9 / 6),
    ('INFO - Epoch(val)   [5][15/30]    eta: 0:00:01', 5, .95),
    ('INFO - Iter(val) [30/30]    mIoU: 12.0', 0, 1.0),
    ('INFO - Saving checkpoint at 3 epochs', 5, None),
])
def test_share_done_follows_the_logger(line, epochs, share):
    assert share_done(line, epochs, .1) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(('seconds', 'text'), [
    (8.4, '8 s'), (59.7, '1 min 00 s'), (65, '1 min 05 s'), (725, '12 min'),
])
def test_spoken(seconds, text):
    assert spoken(seconds) == text


def stages(*seconds: float) -> list[Stage]:
    return [Stage(f's{n}', f'stage {n}', ('true',), s, 'k', val_share=.1, resume=('--resume',))
            for n, s in enumerate(seconds)]


def display(monkeypatch, *seconds: float) -> tuple[Display, list[Stage], io.StringIO, list[float]]:
    clock, out, plan = [0.0], io.StringIO(), stages(*seconds)
    monkeypatch.setattr(display_module.time, 'monotonic', lambda: clock[0])
    return Display(plan, Console(file=out, width=200)), plan, out, clock


def test_time_to_go_is_the_expected_rest_on_a_machine_as_fast_as_expected(monkeypatch):
    shown, (first, _second), _, clock = display(monkeypatch, 100, 60)
    with shown:
        shown.begin(first)
        clock[0] = 50
        shown.listen('Iter(train) [ 50/90]')  # 0.9 * 5/9 = half of the stage
        assert shown.seconds_left(50) == pytest.approx(110)
        # Twice as slow: the prior of 30 s holds the ratio at (130 + 30) / (50 + 30).
        assert shown.seconds_left(130) == pytest.approx(110 * 2)


def test_work_done_before_is_neither_to_go_nor_fast(monkeypatch):
    shown, (first, second, _third), _, clock = display(monkeypatch, 100, 100, 50)
    with shown:
        shown.skip(first)
        shown.begin(second, resumed=True)
        shown.listen('Iter(train) [ 50/90]')
        assert shown.seconds_left(0) == pytest.approx(50 + 50)
        clock[0] = 50
        shown.end(100)
        assert shown.seconds_left(50) == pytest.approx(50)


def test_without_a_terminal_a_line_comes_every_fifteen_seconds(monkeypatch):
    shown, (only,), out, clock = display(monkeypatch, 100)
    with shown:
        shown.begin(only)
        for second in range(0, 40):
            clock[0] = float(second)
            shown.listen(f'Iter(train) [{second + 1}/100] loss: 2.5000')
    lines = [line for line in out.getvalue().splitlines() if 'to go' in line]
    assert len(lines) == 2
    assert lines[0].startswith(' 14 %  stage 0: 14 %, loss 2.5000; 15 s so far')
