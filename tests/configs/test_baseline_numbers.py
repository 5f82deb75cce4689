"""The comparators of OADP's tables against the codes that trained them on COCO.

No number is copied from a config: BYOL and SimCLR from ORL's code, MoCo v2 from ORL's and
DenseCL's, DenseCL from its own. Expected figures: OADP, Tables I to V.
"""
from __future__ import annotations

import math
import re

import pytest
from mmengine.optim import build_optim_wrapper
from torch import nn

from tests.configs.leaves import CONFIGS, LEAVES, views
from tests.configs.rates import EPOCH, learning_rates
from tests.configs.test_pretraining_numbers import SGD
from tests.configs.test_pretraining_views import FIRST, MOCO, SECOND, change

LARGE = [name for name in LEAVES if re.match('baselines/.*_resnet50', name)]
LARS = {'type': 'LARS', 'momentum': 0.9, 'weight_decay': 1e-6}
# images a step, optimizer, rate, epochs of warm-up
RUNS = {'byol': (512, SGD, 0.4, 4), 'moco': (256, SGD, 0.3, 0), 'densecl': (256, SGD, 0.3, 0),
        'simclr': (512, LARS, 0.3 * 512 / 256, 10)}
STRONG = {**MOCO, 'oadp_mm.ColorJitter': (0.8, 0.8, 0.8, 0.8, 0.2)}
VIEWS = {'byol': (0.08, FIRST, SECOND), 'moco': (0.2, MOCO, MOCO), 'densecl': (0.2, MOCO, MOCO),
         'simclr': (0.08, STRONG, STRONG)}
DATA = {'coco': ('data/coco/train2017', None),
        'voc0712': (['data/VOCdevkit/VOC2007', 'data/VOCdevkit/VOC2012'],
                    'ImageSets/Main/trainval.txt')}
# Table I; II; III, box and mask; IV; V, VOC12 and Cityscapes
FIGURES = {
    ('byol', 'coco'): [53.7, 80.8, 39.4, 35.6, 32.5, 55.7, 74.1], ('byol', 'voc0712'): [64.7],
    ('moco', 'coco'): [52.1, 77.4, 38.5, 34.8, 48.9, 71.3], ('moco', 'voc0712'): [60.6],
    ('simclr', 'coco'): [74.1, 38.0, 34.3, 48.7, 67.9], ('simclr', 'voc0712'): [58.3],
    ('densecl', 'coco'): [55.3, 39.6, 35.7, 56.7, 75.3], ('densecl', 'voc0712'): [],
}
# Weights and offsets of what is above the backbone; norms are left out.
PERCEPTRON = {(2048, 2048), (2048,), (128, 2048), (128,)}
ABOVE = {
    'byol': {'neck': {(4096, 2048), (4096,), (256, 4096)},
             'head.predictor': {(4096, 256), (4096,), (256, 4096)}},
    'moco': {'neck': PERCEPTRON},
    'densecl': {'neck.mlp': PERCEPTRON,
                'neck.mlp2': {(2048, 2048, 1, 1), (2048,), (128, 2048, 1, 1), (128,)}},
    'simclr': {'neck': {(2048, 2048), (128, 2048)}},
}


def of(name: str) -> tuple[str, str]:
    """Method and images."""
    return name.split('/')[1].split('_')[0], name[:-3].rsplit('_', 1)[1]


def test_four_methods_on_two_sets_of_images():
    assert {of(name) for name in LARGE} == set(FIGURES)


@pytest.mark.parametrize('name', LARGE)
class TestComparator:
    def test_run(self, name, load):
        config, (method, data) = load(name), of(name)
        images, optimizer, rate, warm_up = RUNS[method]
        assert config.optim_wrapper.optimizer == {**optimizer, 'lr': rate}
        assert 8 * config.train_dataloader.batch_size == images
        assert config.auto_scale_lr.base_batch_size == images
        source = config.train_dataloader.dataset.dataset
        assert (source.data_root, source.get('list_file')) == DATA[data]
        rates, warm = learning_rates(config), warm_up * EPOCH
        assert len(rates) == 800 * EPOCH
        for step in (*range(warm + 1), 400 * EPOCH - 1, 400 * EPOCH, 800 * EPOCH - 1):
            cosine = rate * (1 + math.cos(math.pi * (step // EPOCH) / 800)) / 2
            factor = 1e-4 + (1 - 1e-4) * min(step / (warm - 1), 1) if warm else 1
            assert rates[step] == pytest.approx(cosine * factor)

    def test_views(self, name, load):
        least, *expected = VIEWS[of(name)[0]]
        for (crop, *steps), changes in zip(views(load(name)), expected, strict=True):
            assert (crop.scale, crop.crop_ratio_range) == (224, (least, 1))
            assert crop.get('interpolation', 'bilinear') == 'bilinear'
            assert dict(map(change, steps)) == changes

    def test_network(self, name, load, outline):
        config, method = load(name), of(name)[0]
        model = outline(config.model)
        for part, shapes in ABOVE[method].items():
            layers = [layer for layer in model.get_submodule(part).modules()
                      if isinstance(layer, nn.Linear | nn.Conv2d)]
            assert {tuple(value.shape) for layer in layers
                    for value in layer.parameters()} == shapes
        if method in ('moco', 'densecl'):
            queues = [value for key, value in model.named_buffers() if key in ('queue', 'queue2')]
            assert [queue.shape for queue in queues] == [(128, 65536)] * (1 + (method != 'moco'))
            assert model.encoder_k.momentum == 0.001
        if method == 'byol':
            assert model.target_net.momentum == 0.01
        if method == 'densecl':
            assert model.loss_lambda == 0.5
            assert not any('DenseCLHook' in hook.type for hook in config.custom_hooks)
        if method != 'byol':
            assert model.head.temperature == (0.1 if method == 'simclr' else 0.2)

    def test_header_has_the_figures(self, name):
        note = re.search('# Expected: (.*?)# Hardware', (CONFIGS / name).read_text(), re.DOTALL)[1]
        assert [float(each) for each in re.findall(r'\d+\.\d', note)] == FIGURES[of(name)]


@pytest.mark.parametrize('name', [name for name in LARGE if 'simclr' in name])
def test_norms_and_offsets_of_simclr_neither_decay_nor_adapt(name, load, outline):
    config = load(name)
    model = outline(config.model)
    groups = build_optim_wrapper(model, config.optim_wrapper).optimizer.param_groups
    free = {id(p) for group in groups for p in group['params'] if group['weight_decay'] == 0}
    assert free == {id(p) for p in model.parameters() if p.ndim == 1}
    assert all(bool(group.get('lars_exclude')) == (group['weight_decay'] == 0) for group in groups)
