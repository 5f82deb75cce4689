from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from oadp_mm.files.configs import read_config
from oadp_mm.journey.finetuning import check, notes, plan
from oadp_mm.journey.hosts import read_model
from oadp_mm.journey.lengths import Settings
from oadp_mm.journey.starts import resnet
from tests.journey.tiny_task import labelled, starts, task


def keys(runs) -> list[str]:
    return [run.stage.key for run in runs]


def test_all_starts_of_a_seed_stand_together(tmp_path):
    runs = plan(task(tmp_path), tmp_path / 'work')
    assert [run.stage.name for run in runs] == [
        f'mask-rcnn-small/labels-{labels}/seed{seed}/{start}'
        for labels in (2, 'all') for seed in (0, 1) for start in ('a', 'random')]
    assert len(set(keys(runs))) == len(runs)


def test_starts_differ_in_the_start_alone(tmp_path):
    plan(task(tmp_path), tmp_path / 'work')
    loaded, random = (
        read_config(tmp_path / f'work/configs/mask-rcnn-small_labels-2_seed1_{start}.py', {}, {})
        for start in ('a', 'random'))
    assert loaded['model']['backbone'].pop('init_cfg') == {
        'type': 'oadp_mm.CheckedPretrained', 'checkpoint': '/no/a.pth'}
    loaded['custom_hooks'].remove({'type': 'oadp_mm.HandoffCheckHook'})
    for config in (loaded, random):
        for which in ('val_evaluator', 'test_evaluator'):
            config[which].pop('outfile_prefix')
    assert loaded == random
    assert random['randomness'] == {'seed': 1}
    assert random['train_dataloader']['dataset']['ann_file'].endswith('labels-2_seed1.json')


def test_a_config_is_a_lab_note_with_the_rules_steps_and_size(tmp_path):
    plan(task(tmp_path), tmp_path / 'work')
    path = tmp_path / 'work/configs/mask-rcnn-small_labels-all_seed0_a.py'
    assert path.read_text().startswith(
        f'# mask-rcnn-small from runs/a, all 6 images of {tmp_path / "data"}, seed 0.\n'
        '# Asked for: oadp-mm finetune ...\n# Command: oadp-mm train ')
    config = read_config(path, {}, {})
    assert config['train_cfg']['max_iters'] == config['train_cfg']['val_interval'] == 300
    assert config['train_dataloader']['dataset']['pipeline'][2]['scale'] == (192, 96)
    assert config['model']['roi_head']['bbox_head']['num_classes'] == 2
    assert config['runner_type'] == 'oadp_mm.Runner'


def test_a_segmenter_reads_maps_and_leaves_one_of_each_test_image(tmp_path):
    run, *_ = plan(task(tmp_path, models=[read_model('fcn-small')], labels=[2], seeds=1),
                   tmp_path / 'work')
    config = read_config(tmp_path / 'work/configs/fcn-small_labels-2_seed0_a.py', {}, {})
    train, test = (config[f'{which}_dataloader']['dataset'] for which in ('train', 'test'))
    objects = json.loads((tmp_path / 'work/data/subsets/labels-2_seed0.json').read_text())
    assert [f'{name}.png' for name in Path(train['ann_file']).read_text().splitlines()] == [
        image['file_name'] for image in objects['images']]
    for name in Path(test['ann_file']).read_text().splitlines():
        for key, ending in (('img_path', 'img_suffix'), ('seg_map_path', 'seg_map_suffix')):
            assert (Path(test['data_prefix'][key]) / f'{name}{test[ending]}').is_file()
    assert list(train['metainfo']['classes']) == ['background', 'one', 'two']
    assert config['model']['decode_head']['num_classes'] == 3
    assert config['model']['data_preprocessor']['size'] == (96, 96)
    assert run.stage.outputs[-1] == tmp_path / 'work' / run.stage.name / 'predictions/007.png'


def test_settings_override_the_rules(tmp_path):
    asked = Settings(steps=7, batch=3, size=64, lr=0.5, options={'model.backbone.norm_eval': True})
    one = task(tmp_path, labels=['all'], seeds=1, settings={'mask-rcnn-small': asked})
    before = keys(plan(task(tmp_path, labels=['all'], seeds=1), tmp_path / 'work'))
    runs = plan(one, tmp_path / 'work')
    assert set(before).isdisjoint(keys(runs))
    config = read_config(
        tmp_path / 'work/configs/mask-rcnn-small_labels-all_seed0_a.py', {}, {})
    assert config['train_cfg']['max_iters'] == 7
    assert config['train_dataloader']['batch_size'] == 3
    assert config['optim_wrapper']['optimizer']['lr'] == 0.5
    assert config['model']['backbone']['norm_eval'] is True


def test_a_configs_learning_rate_follows_the_batch(tmp_path):
    model = replace(read_model('mask-rcnn-small'), planned_batch=16, batch=4)
    plan(task(tmp_path, models=[model], labels=[2], seeds=1), tmp_path / 'work')
    config = read_config(tmp_path / 'work/configs/mask-rcnn-small_labels-2_seed0_a.py', {}, {})
    assert config['optim_wrapper']['optimizer']['lr'] == pytest.approx(5e-4 * 4 / 16)


def test_other_weights_or_labels_are_other_work_and_nothing_else_is(tmp_path):
    one = task(tmp_path, labels=[2], seeds=1)
    first = keys(plan(one, tmp_path / 'work'))
    assert keys(plan(one, tmp_path / 'elsewhere')) == first
    named = replace(one, command='another', seeds=2)
    assert keys(plan(named, tmp_path / 'work'))[:2] == first
    loaded, random = starts()
    weights = keys(plan(replace(one, starts=[replace(loaded, key='b'), random]), tmp_path / 'work'))
    assert weights[0] != first[0] and weights[1] == first[1]
    labels = replace(one, data=replace(one.data, digest='other'))
    assert set(keys(plan(labels, tmp_path / 'work'))).isdisjoint(first)


def test_data_that_cannot_train_the_model_are_refused(tmp_path):
    boxes = labelled(tmp_path / 'boxes', masks=False)
    for word, data, sentence in (
            ('mask-rcnn', boxes, 'boxes without masks, which mask-rcnn learns: give a detector of '
                                 'boxes, such as faster-rcnn'),
            ('fcn', boxes, 'has no class of each pixel, which fcn learns'),
            ('faster-rcnn', replace(boxes, objects=None), 'has no boxes, which faster-rcnn')):
        with pytest.raises(ValueError, match=sentence):
            check(task(tmp_path, data=data, models=[read_model(word)]))
    check(task(tmp_path, data=boxes, models=[read_model('faster-rcnn')]))
    with pytest.raises(ValueError, match='has 6 labelled images to train on, so that 9'):
        plan(task(tmp_path, labels=[9]), tmp_path / 'work')
    assert not (tmp_path / 'work/configs').exists()


def test_starts_of_several_kinds_and_frozen_backbones_are_told(tmp_path):
    assert notes(task(tmp_path)) == []
    loaded, random = starts()
    mixed = notes(task(tmp_path, starts=[replace(loaded, architecture=resnet(50)), random]))
    assert 'the starts are of 2 architectures' in mixed[0]
    frozen = read_model('mmdet::retinanet/retinanet_r50_fpn_1x_coco')
    assert 'freezes parts of its backbone' in notes(task(tmp_path, models=[frozen]))[0]
    freed = Settings(options={'model.backbone.frozen_stages': -1,
                              'model.backbone.norm_eval': False})
    assert notes(task(tmp_path, models=[frozen], settings={frozen.name: freed})) == []
