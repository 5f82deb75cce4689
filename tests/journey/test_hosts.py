from __future__ import annotations

import pytest

from oadp_mm.journey.hosts import NAMED, read_model


@pytest.mark.parametrize('word', NAMED)
def test_each_name_is_a_model_of_its_metrics(word):
    model = read_model(word)
    assert model.name == word
    assert model.metrics == (('mIoU',) if word.startswith('fcn') else ('box AP', 'mask AP')
                             if word.startswith('mask') else ('box AP',))
    assert model.optim_wrapper['optimizer']['type'] == 'AdamW'
    if word.startswith('faster'):
        assert model.model['roi_head']['mask_head'] is None


def test_a_config_gives_its_model_optimizer_and_batch(tmp_path):
    (tmp_path / 'my net v1.0.py').write_text(
        "default_scope = 'mmdet'\n"
        "model = dict(type='X', backbone=dict(type='ResNet'))\n"
        "optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='SGD', lr=1))\n"
        "train_dataloader = dict(batch_size=3, dataset=dict(pipeline=[dict(with_mask=True)]))\n"
        "auto_scale_lr = dict(base_batch_size=12)\n")
    model = read_model(str(tmp_path / 'my net v1.0.py'))
    assert (model.name, model.host, model.batch, model.planned_batch) == (
        'my-net-v1-0', 'mmdet', 3, 12)
    assert model.masks
    assert model.optim_wrapper['optimizer'] == {'type': 'SGD', 'lr': 1}


@pytest.mark.parametrize('word', [
    'mmdet::retinanet/retinanet_r50_fpn_1x_coco.py', 'mmdet::retinanet_r50_fpn_1x_coco',
    'retinanet_resnet50-fpn_8xb2-ms-90k_coco'])
def test_configs_of_hosts_and_our_own_are_found_by_name(word):
    model = read_model(word)
    assert model.host == 'mmdet'
    assert model.metrics == ('box AP',)


def test_a_segmenter_of_the_host_is_found_in_every_flavour():
    assert read_model('mmseg::fcn/fcn_r50-d8_4xb2-40k_cityscapes-512x1024').host == 'mmseg'


@pytest.mark.parametrize(('word', 'sentence'), [
    ('mask-rcn', 'there is no config mask-rcn'), ('mmdet::no_such', 'no config mmdet::no_such'),
    ('other::fcn', 'no config other::fcn'),
    ('oadp/oadp_resnet50_8xb32-coslr-800e_coco', 'trains no detector'),
    ('mask-rcnn_resnet50-c4_8xb2-ms-90k_coco', r'in its head \(C4\)')])
def test_what_cannot_be_trained_is_one_sentence(word, sentence):
    with pytest.raises((ValueError, FileNotFoundError), match=sentence):
        read_model(word)
