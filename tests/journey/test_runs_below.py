from __future__ import annotations

import json

import pytest

from oadp_mm.journey.runs_below import DEPTH, runs_below
from tests.journey.made_runs import (
    PRETRAINING,
    write_pretraining,
    write_probe,
    write_training,
)


def test_each_thing_is_found_for_what_it_is(tmp_path):
    write_pretraining(tmp_path / 'deep/in/here')
    write_training(tmp_path / 'tuned',
                   {'default_scope': 'mmdet', 'model': {'type': 'MaskRCNN'}}, [])
    write_probe(tmp_path / 'probe', {'a': [1]})
    (tmp_path / 'copy.json').write_text((tmp_path / 'probe/probe.json').read_text())
    (tmp_path / 'other.json').write_text('{"kind": "else"}')
    (tmp_path / 'tuned/stage.json').write_text('{"title": "t", "seconds": 2}')
    below = runs_below(tmp_path)
    assert [(training.folder, training.pretrains) for training in below.trainings] == [
        (tmp_path / 'deep/in/here', True), (tmp_path / 'tuned', False)]
    assert [record.path.name for record in below.of('probe')] == ['copy.json']  # no content twice
    assert below.stages == [(tmp_path / 'tuned', {'title': 't', 'seconds': 2})]
    assert not below.damaged


@pytest.mark.parametrize(('kind', 'pretrains'), [
    ('oadp_mm.SCD', True), ('BYOL', True), ('mmpretrain.SimSiam', True), ('MAE', True),
    ('ImageClassifier', False), ('mmdet.MaskRCNN', False), ('NobodysModel', False), (None, False)])
def test_a_pretraining_is_told_by_its_model(tmp_path, kind, pretrains):
    write_training(tmp_path, {**PRETRAINING, 'model': {'type': kind}}, [])
    (training,) = runs_below(tmp_path).trainings
    assert training.pretrains is pretrains


def test_a_script_of_the_name_of_our_config_is_no_training(tmp_path):
    write_pretraining(tmp_path / 'a')
    (tmp_path / 'pretrain.py').write_text('import torch\n')
    assert [training.folder.name for training in runs_below(tmp_path).trainings] == ['a']


def test_a_config_is_not_executed(tmp_path):
    write_training(tmp_path, {}, [])
    proof = tmp_path / 'proof'
    config = next(tmp_path.glob('*/vis_data/config.py'))
    config.write_text(f'model = open({str(proof)!r}, "w")')
    assert runs_below(tmp_path).trainings[0].pretrains is False
    assert not proof.exists()


def test_data_and_what_lies_too_deep_are_left_alone(tmp_path):
    write_pretraining(tmp_path / 'a')
    write_pretraining(tmp_path / 'data/b')
    write_pretraining(tmp_path.joinpath(*'x' * (DEPTH + 1)))
    assert [training.folder.name for training in runs_below(tmp_path).trainings] == ['a']


def test_a_damaged_file_is_named_and_stops_nothing(tmp_path):
    write_pretraining(tmp_path / 'a')
    (tmp_path / 'finetune.json').write_text(json.dumps({'kind': 'finetune'})[:-2])
    below = runs_below(tmp_path)
    assert len(below.trainings) == 1
    assert below.damaged[0].startswith(f'{tmp_path / "finetune.json"} cannot be read')


def test_nothing_is_said_with_what_was_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match='expected folders of oadp-mm pretrain, probe'):
        runs_below(tmp_path)
    with pytest.raises(FileNotFoundError, match='there is no folder'):
        runs_below(tmp_path / 'none')
