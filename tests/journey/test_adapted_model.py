from __future__ import annotations

import pytest

from oadp_mm.files import recipe
from oadp_mm.journey.adapted_model import adapted_model
from oadp_mm.journey.hosts import read_model

FED = {'channels': 'BGR', 'mean': [1.0, 2.0, 3.0], 'std': [4.0, 5.0, 6.0]}


def resnet(**settings) -> dict:
    return recipe.architecture({'backbone': {'type': 'ResNet', 'depth': 18, **settings}})


def adapted(word: str, architecture: dict, preprocessor=None, classes=3) -> dict:
    return adapted_model(read_model(word).model, architecture, preprocessor or {}, classes)


def test_the_backbone_is_the_starts_and_its_use_the_models():
    thin = resnet(base_channels=16, stem_channels=16, strides=(1, 2, 2, 1), style='caffe',
                  zero_init_residual=False, frozen_stages=2, norm_eval=True)
    model = adapted('fcn-small', thin)
    found = {key: model['backbone'][key] for key in (
        'type', 'depth', 'base_channels', 'stem_channels', 'style', 'zero_init_residual',
        'strides', 'dilations', 'contract_dilation', 'frozen_stages', 'norm_eval')}
    assert found == {
        'type': 'ResNet', 'depth': 18, 'base_channels': 16, 'stem_channels': 16, 'style': 'caffe',
        'zero_init_residual': False, 'strides': (1, 2, 1, 1), 'dilations': (1, 1, 2, 4),
        'contract_dilation': True, 'frozen_stages': -1, 'norm_eval': False}


# A stage i of a ResNet has base * 2^i channels, four times as many with bottlenecks.
@pytest.mark.parametrize(('architecture', 'channels'), [
    (resnet(), [64, 128, 256, 512]), (resnet(depth=50), [256, 512, 1024, 2048]),
    (resnet(base_channels=24, stem_channels=8), [24, 48, 96, 192])])
def test_what_takes_the_maps_takes_their_channels(architecture, channels):
    assert adapted('mask-rcnn', architecture)['neck']['in_channels'] == channels
    segmenter = adapted('fcn', architecture)
    assert segmenter['decode_head']['in_channels'] == channels[3]
    assert segmenter['auxiliary_head']['in_channels'] == channels[2]
    several = adapted('upernet_resnet50_8xb2-40k_cityscapes-512x1024', architecture)
    assert several['decode_head']['in_channels'] == channels
    again = adapted('mmseg::deeplabv3plus/deeplabv3plus_r50-d8_4xb2-40k_cityscapes-512x1024',
                    architecture)['decode_head']
    assert (again['in_channels'], again['c1_in_channels']) == (channels[3], channels[0])


def test_a_stem_is_as_wide_as_mmpretrain_builds_it():
    """The hosts take base_channels where a config does not tell."""
    assert adapted('mask-rcnn', resnet(base_channels=32))['backbone']['stem_channels'] == 64


def test_every_head_has_the_classes_and_weighs_them_alike():
    model = adapted('mask-rcnn', resnet(), classes=7)
    heads = model['roi_head']
    assert heads['bbox_head']['num_classes'] == heads['mask_head']['num_classes'] == 7
    model = adapted('fcn', resnet(), classes=7)
    assert model['decode_head']['num_classes'] == model['auxiliary_head']['num_classes'] == 7
    weighed = {'backbone': {'type': 'ResNet'}, 'bbox_head': [
        {'num_classes': 2, 'loss_cls': {'class_weight': [1.0, 1.0, 0.1]}},
        {'num_classes': 2, 'loss_cls': {'class_weight': [1.0, 3.0]}}]}
    first, second = adapted_model(weighed, resnet(), {}, 3)['bbox_head']
    assert first == {'num_classes': 3, 'loss_cls': {'class_weight': [1.0, 1.0, 1.0, 0.1]}}
    assert second == {'num_classes': 3, 'loss_cls': {'class_weight': None}}


def test_images_are_normalised_as_the_start_saw_them():
    told = adapted('mask-rcnn', resnet(), FED)['data_preprocessor']
    assert (told['mean'], told['std'], told['bgr_to_rgb']) == (FED['mean'], FED['std'], False)
    assert adapted('mask-rcnn', resnet())['data_preprocessor']['bgr_to_rgb'] is True


def test_a_host_config_forgets_its_own_weights_and_synchronised_norms():
    model = adapted('mmseg::fcn/fcn_r50-d8_4xb2-40k_cityscapes-512x1024', resnet())
    assert model['pretrained'] is None
    assert model['backbone']['norm_cfg']['type'] == model['decode_head']['norm_cfg']['type'] == 'BN'
    assert 'init_cfg' not in adapted('mask-rcnn', resnet())['backbone']


def test_other_networks_are_built_by_mmpretrain_with_the_models_maps():
    deep = adapted('mask-rcnn', recipe.architecture({'backbone': {
        'type': 'ResNetV1d', 'depth': 18}}))
    assert deep['backbone']['type'] == 'mmpretrain.ResNet'
    assert deep['backbone']['deep_stem'] is True
    assert deep['backbone']['out_indices'] == (0, 1, 2, 3)
    assert deep['backbone']['frozen_stages'] == -1


@pytest.mark.parametrize(('word', 'architecture', 'tensors'), [
    # A norm for each map, of which a pretraining has the last alone.
    ('mask-rcnn', {'type': 'SwinTransformer', 'arch': 'tiny'}, r'norm0\.bias'),
    # A pooling comes before the convolution of a shortcut where a stage has a stride.
    ('fcn-small', resnet(avg_down=True), r'layer3\.0\.downsample')])
def test_a_use_with_other_tensors_is_refused_before_anything_runs(word, architecture, tensors):
    with pytest.raises(ValueError, match=rf'other tensors as the model uses it.*{tensors}'):
        adapted(word, architecture)


def test_a_model_of_other_maps_is_refused():
    other = {'backbone': {'type': 'CSPDarknet', 'out_indices': (2, 3, 4)}}
    with pytest.raises(ValueError, match=r'the maps \[2, 3, 4\] of a CSPDarknet'):
        adapted_model(other, resnet(), {}, 1)
    three = {'backbone': {'type': 'ResNet', 'out_indices': (1, 2, 3)},
             'neck': {'type': 'FPN', 'in_channels': [1, 2]}}
    with pytest.raises(ValueError, match='FPN takes 2 maps, but the backbone gives 3'):
        adapted_model(three, resnet(), {}, 1)
