from __future__ import annotations

import sys

import pytest
from rich.console import Console

from oadp_mm.stages.run_all import run_all
from oadp_mm.stages.stage import Stage, StageFailed, is_finished

pytestmark = pytest.mark.integration


@pytest.mark.parametrize('independent', [True, False])
def test_a_failure_stops_the_others_if_they_depend_on_it(independent, tmp_path, capsys):
    stages = [Stage(f'{n}', f'stage {n}', (sys.executable, '-c', code), 1, 'k')
              for n, code in enumerate(('pass', 'raise SystemExit("no space")', 'pass'))]

    def run() -> None:
        run_all(stages, tmp_path, Console(), title='all', independent=independent)

    if independent:
        run()
        out = capsys.readouterr().out
        assert 'failed  stage 1' in out
        assert 'no space' in out
    else:
        with pytest.raises(StageFailed, match='no space'):
            run()
    assert [is_finished(stage, tmp_path) for stage in stages] == [True, False, independent]


def test_what_is_there_is_told_after_each_stage_that_ended_well(tmp_path):
    stages = [Stage(f'{n}', f'stage {n}', (sys.executable, '-c', code), 1, 'k')
              for n, code in enumerate(('pass', 'raise SystemExit(1)', 'pass'))]
    told = []
    run_all(stages, tmp_path, Console(), title='all', independent=True, after=lambda ended: (
        told.append((ended.name, [is_finished(stage, tmp_path) for stage in stages]))))
    assert told == [('0', [True, False, False]), ('2', [True, False, True])]
