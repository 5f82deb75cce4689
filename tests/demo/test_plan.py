from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mmengine.config import Config

from oadp_mm.demo.plan import FINE_TUNINGS, FULL, QUICK, STAGES, plan
from oadp_mm.files.configs import config_path, read_config


def test_stages_are_commands_in_order(tmp_path):
    stages = plan(tmp_path, FULL, seed=0)
    assert tuple(stage.name for stage in stages) == STAGES
    assert all(stage.command[0] == sys.executable for stage in stages)


def keys(tmp_path, length=FULL, seed=0) -> dict[str, str]:
    return {stage.name: stage.key for stage in plan(tmp_path, length, seed)}


def test_another_seed_or_length_is_other_work(tmp_path):
    first, seed, quick = keys(tmp_path), keys(tmp_path, seed=1), keys(tmp_path, QUICK)
    assert first == keys(tmp_path)
    for name in STAGES:
        assert len({first[name], seed[name], quick[name]}) == 3


def test_a_changed_backbone_redoes_what_starts_from_it_and_nothing_else(tmp_path):
    before = keys(tmp_path)
    longer = FULL.__class__(False, FULL.train, FULL.test, FULL.seconds,
                            {'mmpretrain': {'train_cfg.max_epochs': 9}})
    after = keys(tmp_path, longer)
    changed = {name for name in STAGES if before[name] != after[name]}
    assert changed == {'pretrain', 'export', 'mask-rcnn_oadp', 'fcn_oadp', 'report'}


@pytest.mark.parametrize('model', ['mask-rcnn', 'fcn'])
def test_both_starts_differ_in_the_start_alone(model):
    configs = {start: Config.fromfile(config_path(f'demo/{name}.py')).to_dict()
               for this, start, *_, name in FINE_TUNINGS if this == model}
    assert configs['oadp']['model']['backbone'].pop('init_cfg')['type'] == (
        'oadp_mm.CheckedPretrained')
    hooks = configs['oadp']['custom_hooks']
    hooks.remove({'type': 'oadp_mm.HandoffCheckHook'})
    assert configs['random']['model']['backbone'].pop('init_cfg', None) is None
    assert configs['oadp'] == configs['random']
    assert configs['random']['model']['backbone']['frozen_stages'] == -1


def test_a_work_directory_may_hold_blanks(tmp_path):
    """What mmengine makes of a training's options still names the files that are waited for."""
    work_dir = tmp_path / "my demo, it's"
    for stage in plan(work_dir, QUICK, seed=0):
        words = stage.command
        if '--cfg-options' in words:
            assert not [word for word in words[words.index('--cfg-options'):] if '/' in word]
        if stage.name.startswith(('mask-rcnn', 'fcn')):
            config = read_config(Path(words[2]), stage.env, {}).get('val_evaluator')
            kept = Path(config.get('outfile_prefix') or config.get('output_dir'))
            assert kept == work_dir / stage.name / 'predictions'
            assert str(stage.outputs[-1]).startswith(str(kept))


def test_a_missing_config_is_named():
    with pytest.raises(FileNotFoundError, match=r'no config demo/none\.py'):
        config_path('demo/none.py')
