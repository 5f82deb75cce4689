from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.files.config_text import read_assignment
from oadp_mm.files.configs import read_config
from oadp_mm.journey.finetuning import check, notes, plan
from oadp_mm.journey.hosts import read_model
from oadp_mm.journey.lengths import Settings
from oadp_mm.journey.starts import drawn, resnet
from oadp_mm.probes.backbones import build_backbone, random_backbone
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
    for config, file in ((loaded, Path('/no/a.pth')),
                         (random, tmp_path / 'work/starts/random-seed1.pth')):
        assert config['model']['backbone'].pop('init_cfg') == {
            'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(file)}
        assert {'type': 'oadp_mm.HandoffCheckHook'} in config['custom_hooks']
        for which in ('val_evaluator', 'test_evaluator'):
            config[which].pop('outfile_prefix')
    assert loaded == random
    assert random['randomness'] == {'seed': 1}
    assert random['train_dataloader']['dataset']['ann_file'].endswith('labels-2_seed1.json')


def test_all_but_the_backbone_starts_alike(tmp_path):
    file = tmp_path / 'a.pth'
    torch.save({'state_dict': build_backbone(resnet(18)).state_dict()}, file)
    loaded, random = starts()
    plan(task(tmp_path, models=[read_model('fcn-small')], labels=[2], seeds=1,
              starts=[replace(loaded, file=file), random]), tmp_path / 'work')
    weights = []
    for start in ('a', 'random'):
        config = Config.fromfile(tmp_path / f'work/configs/fcn-small_labels-2_seed0_{start}.py')
        init_default_scope('mmseg')
        set_random_seed(0)
        model = MODELS.build(config.model)
        model.init_weights()
        weights.append({**model.state_dict(), 'next draw': torch.rand(3)})
    init_default_scope('mmpretrain')
    differ = {key for key in weights[0] if not torch.equal(weights[0][key], weights[1][key])}
    assert differ and all(key.startswith('backbone.') for key in differ)


def test_random_weights_are_the_seeds(tmp_path):
    untrained = starts()[1]
    first, again, other = (drawn(untrained, seed, tmp_path / f'{n}')
                           for n, seed in enumerate((0, 0, 1)))
    assert first.key == again.key != other.key
    expected = random_backbone(resnet(18), 0).state_dict()
    held = torch.load(first.file)['state_dict']
    assert held.keys() == expected.keys()
    assert all(torch.equal(held[key], expected[key]) for key in held)


def test_anchors_of_named_detectors_are_no_larger_than_half_of_the_objects(tmp_path):
    data = labelled(tmp_path / 'data')
    for name, scales in (('mask-rcnn-small', [2]), ('mask-rcnn', [2])):
        plan(task(tmp_path, data=replace(data, object_side=.12), models=[read_model(name)],
                  labels=[2], seeds=1), tmp_path / name)  # .12 of 96 px are 11.5
        file = tmp_path / f'{name}/configs/{name}_labels-2_seed0_random.py'
        head = read_config(file, {}, {})['model']['rpn_head']
        assert head['anchor_generator']['scales'] == scales


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
    assert config['val_evaluator']['output_dir'] == str(
        tmp_path / 'work' / run.stage.name / 'predictions')


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
    assert config['optim_wrapper']['optimizer']['lr'] == pytest.approx(1e-3 * 4 / 16)


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
    backbone = {key: value for key, value in frozen.model['backbone'].items()
                if key not in ('frozen_stages', 'norm_eval')}
    still = replace(frozen, model={**frozen.model, 'backbone': backbone})
    assert 'or its norms' in notes(task(tmp_path, models=[still]))[0]  # mmdet's own default


def test_labels_that_show_not_all_classes_are_told(tmp_path):
    assert notes(task(tmp_path, labels=[1, 2, 'all'])) == [
        '1 labelled images show 1 of 2 classes, so that nothing is learned of the others: more '
        '--labels show more']


def test_a_config_holds_names_with_braces_as_they_are(tmp_path):
    classes = ('{{ fileDirname }}', '{{$HOME:x}} {{ _base_.x }}', r'\x7b{{{')
    one = task(tmp_path, labels=['all'], seeds=1, command='of {{ fileDirname }}')
    plan(replace(one, data=replace(one.data, classes=classes)), tmp_path / 'work')
    path = tmp_path / 'work/configs/mask-rcnn-small_labels-all_seed0_a.py'
    config = read_config(path, {}, {})
    assert config['train_dataloader']['dataset']['metainfo']['classes'] == classes
    assert read_assignment(path.read_text(), 'test_dataloader')['dataset']['metainfo'][
        'classes'] == list(classes)
