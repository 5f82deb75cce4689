from __future__ import annotations

import shlex
import sys
from dataclasses import replace

from oadp_mm.cli import main
from oadp_mm.demo.plan import FULL, QUICK, STAGES, TUNED, plan


def test_stages_are_commands_in_order(tmp_path):
    stages = plan(tmp_path, FULL, seed=0)
    assert tuple(stage.name for stage in stages) == STAGES
    for stage in stages:
        assert stage.command[:3] == (sys.executable, '-m', 'oadp_mm')
        assert stage.command[3] in ('pretrain', 'probe', 'finetune', 'report')


def keys(tmp_path, length=FULL, seed=0) -> dict[str, str]:
    return {stage.name: stage.key for stage in plan(tmp_path, length, seed)}


def test_another_seed_or_length_is_other_work(tmp_path):
    first, seed, quick = keys(tmp_path), keys(tmp_path, seed=1), keys(tmp_path, QUICK)
    assert first == keys(tmp_path)
    for name in STAGES:
        assert len({first[name], seed[name], quick[name]}) == 3


def test_another_detector_is_no_other_segmenter(tmp_path):
    before, after = keys(tmp_path), keys(tmp_path, replace(FULL, steps=(7, FULL.steps[1])))
    assert {name for name in STAGES if before[name] != after[name]} == {'detector', 'report'}


def test_the_full_demo_has_seeds_to_compare():
    assert FULL.seeds >= 2
    assert QUICK.seeds == 1


def test_both_starts_are_the_pretraining_and_random(tmp_path, monkeypatch):
    """Named as one types them, from where the demo was called, whatever the folder is called."""
    monkeypatch.chdir(tmp_path)
    for folder in ('work', "my demo, it's"):
        for stage in plan(tmp_path / folder, QUICK, seed=0):
            if stage.name in TUNED:
                words = shlex.split(stage.shell().split('oadp_mm ', 1)[1])
                starts = [words[at + 1] for at, word in enumerate(words) if word == '--from']
                assert starts == [f'{folder}/pretrain', 'random']
                assert stage.outputs == (tmp_path / folder / stage.name / 'finetune.json',)


def test_a_whole_run_of_each_command_is_understood(tmp_path, capsys):
    """What the plan types, the commands know: unknown options would end in a usage."""
    for stage in plan(tmp_path / 'none', QUICK, seed=0):
        words = list(stage.command[3:])
        if words[0] != 'report':
            words += ['--unknown-option']
            try:
                main(words)
            except SystemExit:
                assert 'unrecognized arguments: --unknown-option\n' in capsys.readouterr().err
