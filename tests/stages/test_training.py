from __future__ import annotations

from pathlib import Path

import pytest

from oadp_mm.stages.training import host_script, training_stage

CONFIG = """
import os
work = {work!r}
train_cfg = dict(max_epochs=int(os.environ['LENGTH']))
val_cfg = {val_cfg!r}
prefix = work + '/predictions'
"""


def stage(work_dir: Path, *, length=3, val_cfg=None, **options):
    work_dir.mkdir(exist_ok=True)
    config = work_dir / 'config.py'
    config.write_text(CONFIG.format(work=str(work_dir), val_cfg=val_cfg))
    return training_stage('one', 'a training', 'mmpretrain', config, work_dir, seconds=1,
                          env={'LENGTH': str(length)}, **options)


def test_it_waits_for_the_checkpoint_and_for_what_its_folder_lacks(tmp_path):
    plain = stage(tmp_path)
    assert plain.epochs == 3
    assert plain.missing() == str(tmp_path / 'one/last_checkpoint')
    (tmp_path / 'one').mkdir()
    (tmp_path / 'one/last_checkpoint').touch()
    assert plain.missing() == ''
    asked = stage(tmp_path, lacks=lambda folder, steps: f'{folder.name} at {steps}')
    assert asked.missing() == 'one at 0'  # it counts in epochs


def test_its_key_is_what_it_trains_and_not_where(tmp_path):
    keys = {stage(tmp_path / name).key for name in ('here', 'there, größer')}
    assert len(keys) == 1
    assert stage(tmp_path / 'here', length=4).key not in keys
    assert stage(tmp_path / 'here', options={'train_cfg.max_epochs': 4}).key not in keys
    assert stage(tmp_path / 'here', inputs=['another']).key not in keys


def test_options_are_given_to_the_script(tmp_path):
    words = stage(tmp_path, options={'randomness.seed': 1, 'a': 2}).command
    assert words[-3:] == ('--cfg-options', 'randomness.seed=1', 'a=2')
    assert '--cfg-options' not in stage(tmp_path).command


def test_a_missing_host_is_named():
    with pytest.raises(FileNotFoundError, match='no_such_host with its tools'):
        host_script('no_such_host')
