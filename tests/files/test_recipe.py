from __future__ import annotations

import pytest
from mmpretrain.registry import MODELS

from oadp_mm.files.recipe import architecture, preprocessor, sixteen_bit, view_size

NUMBERS = {'mean': [1.0, 2, 3], 'std': [4, 5, 6.5]}


@pytest.mark.parametrize(('config', 'channels'), [
    ({'bgr_to_rgb': True}, 'RGB'),
    ({'to_rgb': True}, 'RGB'),
    ({'to_rgb': False}, 'BGR'),
    ({}, 'BGR'),
    ({'type': 'oadp_mm.ViewsDataPreprocessor'}, 'RGB'),
])
def test_mean_deviation_and_order_of_channels(config, channels):
    told = preprocessor({'data_preprocessor': {**config, **NUMBERS}})
    assert told == {'channels': channels, **NUMBERS}


@pytest.mark.parametrize('config', [
    None, {}, {'mean': [1, 2, 3]}, {'mean': [1], 'std': [2]}, {'mean': None, 'std': None},
    {'mean': [1, 2, 3], 'std': ['open', 5, 6]}, 'text'])
def test_what_a_config_does_not_tell_is_unknown(config):
    assert preprocessor({'data_preprocessor': config}) is None
    assert preprocessor({}) is None


def test_a_network_of_another_kind_has_only_what_its_config_says():
    vit = {'type': 'VisionTransformer', 'arch': 'small', 'init_cfg': {'checkpoint': 'x'}}
    assert architecture({'backbone': vit}) == {'type': 'VisionTransformer', 'arch': 'small'}
    assert architecture({}) is None
    assert architecture({'backbone': 'text'}) is None


@pytest.mark.parametrize('kind', ['ResNet', 'ResNetV1c', 'mmpretrain.ResNetV1d'])
def test_what_is_told_of_a_resnet_builds_it_again(kind):
    config = {'type': kind, 'depth': 18, 'base_channels': 4}
    built, again = (MODELS.build(each).state_dict()
                    for each in (config, architecture({'backbone': config})))
    assert {key: value.shape for key, value in built.items()} == {
        key: value.shape for key, value in again.items()}


@pytest.mark.parametrize(('loader', 'size'), [
    ({'dataset': {'views': {'crop': {'size': 224}}}}, 224),
    ({'dataset': {'views': {'crop': {'scale': 96}}}}, 96),
    ({'dataset': {'views': {'crop': {'scale': [96, 64]}}}}, None),
    ({'dataset': {'pipeline': []}}, None),
    ({'dataset': {'views': 'text'}}, None),
    (None, None),
])
def test_the_side_of_a_view(loader, size):
    assert view_size(loader) == size


@pytest.mark.parametrize(('loader', 'rule'), [
    ({'dataset': {'dataset': {'pipeline': [{'type': 'oadp_mm.LoadImage', 'min_side': 9},
                                           {'type': 'any', 'sixteen_bit': 'minmax'}]}}}, 'minmax'),
    ({'dataset': {'pipeline': [{'type': 'oadp_mm.LoadImage'}]}}, None),
    ('text', None),
    (None, None),
])
def test_the_rule_for_16_bit_pixels(loader, rule):
    assert sixteen_bit(loader) == rule
