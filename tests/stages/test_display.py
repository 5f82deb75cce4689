from __future__ import annotations

import io

import pytest
from rich.console import Console

from oadp_mm.stages import display
from oadp_mm.stages.display import Display, spoken
from oadp_mm.stages.stage import Stage, StageFailed


@pytest.mark.parametrize(('seconds', 'text'), [
    (8.4, '8 s'), (59.7, '1 min 00 s'), (65, '1 min 05 s'), (725, '12 min'),
])
def test_spoken(seconds, text):
    assert spoken(seconds) == text


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, which a test sets."""
    now = [0.0]
    monkeypatch.setattr(display.time, 'monotonic', lambda: now[0])
    return now


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def stage(number: int, *resume: str) -> Stage:
    return Stage(f's{number}', f'stage {number}', ('true',), 100, 'k', val_share=.1, resume=resume)


def test_without_a_terminal_a_line_comes_every_fifteen_seconds(clock, out):
    only = stage(0, '--resume')
    with Display([only], Console(file=out, width=200), 'all') as shown:
        shown.begin(only)
        for second in range(0, 40):
            clock[0] = float(second)
            shown.listen(f'Iter(train) [{second + 1}/100] loss: 2.5000')
    lines = [line for line in out.getvalue().splitlines() if 'to go' in line]
    assert len(lines) == 2
    assert lines[0].startswith(' 14 %  stage 0: 14 %, loss 2.5000; 15 s so far')


def test_a_stage_that_counts_no_steps_goes_by_the_clock(clock, out):
    only = stage(0)
    with Display([only], Console(file=out, width=200), 'all') as shown:
        shown.begin(only)
        for clock[0] in (20.0, 500.0):
            shown.listen('')
    shares = [line.split(':')[0] for line in out.getvalue().splitlines() if 'to go' in line]
    assert shares == [' 20 %  stage 0', ' 95 %  stage 0']  # it is not over before it says so


def test_what_happened_to_each_stage_is_said(clock, out):
    stages = [stage(number) for number in range(3)]
    with Display(stages, Console(file=out, width=200), 'all') as shown:
        shown.skip(stages[0])
        shown.begin(stages[1])
        shown.fail(stages[1], StageFailed('its log [x] ends so'))
        shown.begin(stages[2], resumed=True)
        shown.end(stages[2], 65)
    assert out.getvalue().splitlines() == [
        'kept  stage 0: done before', 'start  stage 1 (about 1 min 40 s)', 'failed  stage 1',
        'its log [x] ends so', 'resume  stage 2 (about 1 min 40 s)', 'done  stage 2: 1 min 05 s']
