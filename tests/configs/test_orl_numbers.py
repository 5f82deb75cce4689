"""The pretrainings of ORL and SCD-ORL against the released code (the paper's main text is not at
hand) and SCD's B.3; no number is copied from a config.
"""
from __future__ import annotations

import math
import re

import pytest
from torch import nn

from tests.configs.leaves import LEAVES, view_sides, views
from tests.configs.rates import EPOCH, learning_rates
from tests.configs.test_pretraining_numbers import SALIENCY, SGD, layers
from tests.configs.test_pretraining_views import FIRST, SECOND, change

RECIPES = [name for name in LEAVES if re.search('/(scd-)?orl(-stage1)?_resnet50_', name)]
SMALL = [name for name in LEAVES if re.search('/(scd-)?orl_resnet18', name)]
COCO = 'data/coco/train2017'
DATA = {'coco': COCO, 'coco-unlabeled': [COCO, 'data/coco/unlabeled2017']}
BYOL = {'projector': 'Linear(2048, 4096) BN(4096) ReLU Linear*(4096, 256)',
        'predictor': 'Linear(256, 4096) BN(4096) ReLU Linear*(4096, 256)'}
PAIRS = {'global': {(0, 1), (1, 0)}, 'inter': {(2, 3), (3, 2)}, 'intra': {(4, 5), (5, 4)}}
NAMES = ['global1', 'global2', 'inter1', 'inter2', 'intra1', 'intra2']


def branches(name: str) -> list[str]:
    return ['global'] if 'stage1' in name else [*PAIRS]


def test_each_stage_has_both_sets_of_images():
    assert {re.sub('_resnet50_8xb64-coslr-800e|.py', '', name) for name in RECIPES} == {
        'orl/orl-stage1_coco', 'orl/orl-stage1_coco-unlabeled', 'orl/orl_coco',
        'orl/orl_coco-unlabeled', 'scd/scd-orl_coco'}


@pytest.mark.parametrize('name', RECIPES)
class TestRecipe:
    def test_optimizer(self, name, load):
        """8 GPUs of 64 images; decay on all parameters."""
        config = load(name)
        assert config.optim_wrapper.to_dict() == {
            'type': 'OptimWrapper', 'optimizer': {**SGD, 'lr': 0.4}}
        assert 8 * config.train_dataloader.batch_size == 512
        assert config.auto_scale_lr.base_batch_size == 512
        assert config.train_cfg.max_epochs == 800

    def test_rates(self, name, load):
        """mmcv's hook: by epoch a cosine from the first one on, times a factor that grows by
        iteration over 4 epochs from 1e-4 to 1, here in the last of these iterations.
        """
        rates, warm = learning_rates(load(name)), 4 * EPOCH
        assert len(rates) == 800 * EPOCH
        for step in (*range(warm + 1), 400 * EPOCH - 1, 400 * EPOCH, 800 * EPOCH - 1):
            cosine = 0.4 * (1 + math.cos(math.pi * (step // EPOCH) / 800)) / 2
            factor = 1e-4 + (1 - 1e-4) * min(step / (warm - 1), 1)
            assert rates[step] == pytest.approx(cosine * factor)

    def test_network(self, name, load, outline):
        model = outline(load(name).model)
        assert (model.ema_decay, model.final_ema_decay) == (0.99, 1)
        assert {*model.pairs} == set().union(*(PAIRS[branch] for branch in branches(name)))
        assert [*model.heads] == branches(name)
        for head in model.heads.values():
            assert {part: layers(getattr(head, part)) for part in BYOL} == BYOL
            assert head.loss_weight == 1
        if 'scd' not in name:
            assert model.semantic_head is None
            return
        head = model.semantic_head
        assert layers(head.projector) == BYOL['projector']  # D-8
        assert layers(head.saliency.layers) == SALIENCY
        assert (layers(head.predictor), head.margin, head.loss_weight) == ('', 1, 0.5)
        assert head.terms == {'foreground': True, 'background': True}

    def test_views(self, name, load):
        """Pipeline 1 of the first of each two views, pipeline 2 of the other; bilinear."""
        config = load(name)
        made, third = views(config), 'stage1' not in name
        assert view_sides(config) == [224, 224, *[96] * 4 * third]
        assert not third or [*config.train_dataloader.dataset.views.each] == NAMES
        for number, (crop, *steps) in enumerate(made):
            assert crop.get('interpolation', 'bilinear') == 'bilinear'
            found = [change(step) for step in steps]
            expected = SECOND if number % 2 else FIRST
            assert found == [*expected.items()]
        for crop, *_ in made[:2]:
            assert (crop['type'], crop['crop_ratio_range']) == (
                'oadp_mm.RandomResizedWindow', (0.08, 1))
            assert 'aspect_ratio_range' not in crop  # the host's is 3/4 to 4/3
        if third:
            places = [{key: value for key, value in crop.items() if key not in (
                'scale', 'interpolation')} for crop, *_ in made[2:]]
            assert places == [
                {'type': 'oadp_mm.CorrespondingWindow', 'side': 'query'},
                {'type': 'oadp_mm.CorrespondingWindow', 'side': 'key'},
                {'type': 'oadp_mm.ProposalWindow'},
                {'type': 'oadp_mm.JitteredWindow', 'like': 'intra1', 'shift': 0.5,
                 'area': (0.5, 2), 'ratio': (0.5, 2), 'min_iou': 0.5, 'tries': 200}]

    def test_data(self, name, load):
        dataset = load(name).train_dataloader.dataset
        assert dataset.dataset.data_root == DATA[name.rsplit('e_', 1)[1].removesuffix('.py')]
        assert ('correspondences' in dataset) == ('stage1' not in name)


def test_linear_layers_and_convolutions_start_by_fan_in(load):
    """mmcv's kaiming_init(mode='fan_in', nonlinearity='relu'): normal, of variance 2 / fan-in."""
    from mmengine.registry import MODELS

    config = load('orl/orl_resnet18_1xb64-coslr-20e_grocery-96x96.py').model
    config.backbone.base_channels = config.backbone.stem_channels = 16
    model = MODELS.build(config)
    model.init_weights()
    drawn = [module for module in model.modules()
             if isinstance(module, nn.Conv2d | nn.Linear) and module.weight.numel() > 5000]
    assert {type(module).__name__ for module in drawn} == {'Conv2d', 'Linear', 'ConcatLinear'}
    for module in drawn:
        weight = module.weight.detach()
        fan_in = weight[0].numel()
        assert weight.std().item() == pytest.approx(math.sqrt(2 / fan_in), rel=0.06)
        assert (weight.abs() > 2 * weight.std()).float().mean() == pytest.approx(0.0455, abs=0.012)
        assert module.bias is None or not module.bias.any()
    first, copy = model.backbone.conv1.weight, model.target.module.conv1.weight
    assert (first == copy).all()


@pytest.mark.parametrize('name', SMALL)
def test_patches_keep_proportions(name, load):
    """96 of 224 px, to the next multiple of 16 of which a map's sides are whole."""
    whole, _, *patches = view_sides(load(name))
    assert len({*patches}) == 1 and len(patches) == 4
    assert abs(patches[0] - whole * 96 / 224) < 8


@pytest.mark.parametrize('name', [name for name in SMALL if name.startswith('orl/')])
def test_stages_differ_in_pairs_views_and_correspondences_alone(name, load):
    third, first = load(name), load(name.replace('orl_', 'orl-stage1_'))
    assert first.model.pop('pairs') == ((0, 1), (1, 0))
    assert first.model == third.model
    for key in ('optim_wrapper', 'param_scheduler', 'train_cfg', 'auto_scale_lr'):
        assert first[key] == third[key]
    ones, others = (config.train_dataloader for config in (first, third))
    assert others.dataset.pop('correspondences')
    assert views(first) == views(third)[:2]
    ones.dataset.pop('views'), others.dataset.pop('views')
    assert ones == others
