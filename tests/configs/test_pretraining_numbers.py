"""The pretraining configs of RegionCL and SCD against their papers and the base methods' codes.

No number is copied from a config. RegionCL: 3, 4.1, 4.4, A.5-A.7; SCD: 4, 5.1, A.1. What the papers
leave to a base method comes from its code: MoCo v2, DenseCL, SimSiam, MoCo v3, MoBy, BYOL.
"""
from __future__ import annotations

import math
import re

import pytest
from mmengine.config import Config
from mmengine.registry import MODELS
from torch import nn

from tests.configs.leaves import LEAVES
from tests.configs.rates import EPOCH, learning_rates

SGD = {'type': 'SGD', 'momentum': 0.9, 'weight_decay': 1e-4}
LARS = {'type': 'LARS', 'momentum': 0.9, 'weight_decay': 1.5e-6}
# folder and list
DATA = {'in1k': ('data/imagenet/train', None), 'in100': ('data/imagenet', 'meta/train_100.txt')}
# optimizer, images a step, epochs of warm-up, and the learning rate for each length and data
RUNS = {
    'regioncl/regioncl-m_resnet50_8xb128': (SGD, 1024, 0, {
        '200e_in1k': 0.15, '400e_in1k': 0.15, '800e_in1k': 0.15}),
    'regioncl/regioncl-m_resnet50-sym_8xb128': (SGD, 1024, 0, {'800e_in1k': 0.15}),  # Table 2
    'regioncl/regioncl-m_resnet50_8xb32': (SGD, 256, 0, {'200e_in1k': 0.03}),  # Table 15
    'regioncl/regioncl-d_resnet50_8xb128': (SGD, 1024, 0, {'200e_in1k': 0.15}),
    'regioncl/regioncl-s_resnet50_8xb64': (SGD, 512, 0, {'100e_in1k': 0.1}),
    'regioncl/regioncl-m3_resnet50_32xb128': (LARS, 4096, 10, {'1000e_in1k': 0.3 * 4096 / 256}),
    'regioncl/regioncl-m3_vit-small-p16_32xb128': (
        {'type': 'AdamW', 'weight_decay': 0.1}, 4096, 40, {'300e_in1k': 1.5e-4 * 4096 / 256}),
    'regioncl/regioncl-moby_swin-tiny_8xb64': (
        {'type': 'AdamW', 'weight_decay': 0.05}, 512, 5, {'100e_in1k': 1e-3, '300e_in1k': 1e-3}),
    # A.1.1: on ImageNet-100 the rate is doubled
    'scd/scd-moco_resnet50_2xb128': (SGD, 256, 0, {'200e_in1k': 0.06}),
    'scd/scd-byol_resnet50_2xb256': (SGD, 512, 0, {'200e_in1k': 0.05, '200e_in100': 0.1}),
    'scd/scd-byol-2x_resnet50_2xb256': (SGD, 512, 0, {
        '200e_in1k': 0.05, '400e_in1k': 0.05, '700e_in1k': 0.05}),
}
RATES = {f'{stem}-coslr-{tail}.py': rate for stem, row in RUNS.items()
         for tail, rate in row[-1].items()}

# A star: without offset, or without scale and offset.
MOCO_MLP = 'Linear(2048, 2048) ReLU Linear(2048, 128)'
MOCO_V3_END = 'BN(4096) ReLU Linear*(4096, 256)'
MOCO = {'projector': MOCO_MLP, 'predictor': '', 'queues': [65536], 'temperature': 0.2,
        'weight': 1, 'ema': (0.999, 0.999), 'symmetric': False, 'shuffle_bn': True,
        'sync_bn': None, 'zero_init_residual': False}
NO_QUEUE = {'queues': [], 'shuffle_bn': False, 'sync_bn': 'torch'}
REGIONS = {'region': (3, 5), 'stride': 32, 'paste': True, 'canvas': True, 'negative': True,
           'swap': True, 'region_weight': 1, 'dense': None}
DENSE = {'projector': MOCO_MLP, 'predictor': '', 'queues': [65536], 'temperature': 0.2,
         'weight': 0.5}
SALIENCY = 'Conv2d*(2048, 2048) BN(2048) ReLU Conv2d(2048, 1)'
SEMANTIC = {'saliency': SALIENCY, 'semantic_predictor': '', 'margin': 1, 'lambda': 0.5,
            'terms': {'foreground': True, 'background': True}}
M = {**MOCO, **REGIONS}
BYOL = {
    **MOCO, **NO_QUEUE, **SEMANTIC, 'temperature': None, 'ema': (0.99, 1),  # D-4
    'projector': 'Linear(2048, 4096) BN(4096) ReLU Linear(4096, 512)',
    'semantic_projector': 'Linear(2048, 4096) BN(4096) ReLU Linear(4096, 512)',
    'predictor': 'Linear(512, 4096) BN(4096) ReLU Linear(4096, 512)',
}
NETWORKS = {
    'regioncl/regioncl-m_resnet50_8xb128': M,
    'regioncl/regioncl-m_resnet50_8xb32': M,
    'regioncl/regioncl-m_resnet50-sym_8xb128': {**M, 'symmetric': True},
    'regioncl/regioncl-d_resnet50_8xb128': {**M, 'weight': 0.5, 'dense': DENSE},
    'regioncl/regioncl-s_resnet50_8xb64': {
        **M, **NO_QUEUE, 'temperature': None, 'negative': False, 'symmetric': True, 'ema': None,
        'zero_init_residual': True,
        'projector': 2 * 'Linear*(2048, 2048) BN(2048) ReLU ' + 'Linear*(2048, 2048) BN*(2048)',
        'predictor': 'Linear*(2048, 512) BN(512) ReLU Linear(512, 2048)',
        # SimSiam: half of -cos in each direction; ours: of 2 - 2 cos
        'weight': 0.5 / 2},
    'regioncl/regioncl-m3_resnet50_32xb128': {
        **M, **NO_QUEUE, 'temperature': 1, 'weight': 2 * 1, 'symmetric': True, 'ema': (0.996, 1),
        'zero_init_residual': True,
        'projector': f'Linear*(2048, 4096) {MOCO_V3_END} BN*(256)',
        'predictor': f'Linear*(256, 4096) {MOCO_V3_END}'},
    'regioncl/regioncl-m3_vit-small-p16_32xb128': {
        **M, **NO_QUEUE, 'temperature': 0.2, 'weight': 2 * 0.2, 'symmetric': True, 'ema': (0.99, 1),
        'zero_init_residual': None,
        'projector': f'Linear*(384, 4096) BN(4096) ReLU Linear*(4096, 4096) {MOCO_V3_END} BN*(256)',
        'predictor': f'Linear*(256, 4096) {MOCO_V3_END} BN*(256)'},
    'regioncl/regioncl-moby_swin-tiny_8xb64': {
        **M, **NO_QUEUE, 'queues': [4096, 4096], 'symmetric': True, 'ema': (0.99, 1),
        'zero_init_residual': None,
        'projector': 'Linear(768, 4096) BN(4096) ReLU Linear(4096, 256)',
        'predictor': 'Linear(256, 4096) BN(4096) ReLU Linear(4096, 256)'},
    'scd/scd-moco_resnet50_2xb128': {**MOCO, **SEMANTIC, 'semantic_projector': MOCO_MLP},
    'scd/scd-byol_resnet50_2xb256': BYOL,
    'scd/scd-byol-2x_resnet50_2xb256': {**BYOL, 'symmetric': True},
}


def test_every_pretraining_is_in_the_table():
    """But SCD-ORL's: test_orl_numbers.py."""
    assert set(RATES) == {name for name in LEAVES if 'resnet18' not in name
                          and re.match('(regioncl/|scd/scd-(moco|byol))[^/]*$', name)}
    assert set(NETWORKS) == set(RUNS)


@pytest.mark.parametrize('name', RATES)
def test_run(name, load):
    config, stem = load(name), name.split('-coslr-')[0]
    optimizer, images, warm_up, _ = RUNS[stem]
    assert config.optim_wrapper.optimizer == {**optimizer, 'lr': RATES[name]}
    processes, each, epochs = map(int, re.search(r'_(\d+)xb(\d+)-coslr-(\d+)e', name).groups())
    assert config.train_dataloader.batch_size == each
    assert processes * each == config.auto_scale_lr.base_batch_size == images
    assert config.train_cfg == {'type': 'EpochBasedTrainLoop', 'max_epochs': epochs}
    check_rates(learning_rates(config), RATES[name], warm_up, epochs,
                **{'least': 5e-6, 'whole': True} if 'moby' in stem else {})
    dataset = config.train_dataloader.dataset.dataset
    assert (dataset.data_root, dataset.get('list_file')) == DATA[name[:-3].rsplit('_', 1)[1]]
    assert config.optim_wrapper.get('clip_grad') == ({'max_norm': 5} if 'moby' in stem else None)
    # SimSiam: the predictor's rate does not fall
    fixed = [hook.lr for hook in config.custom_hooks if hook.get('fix_pred_lr')]
    assert fixed == ([RATES[name]] if 'regioncl-s' in stem else [])


def check_rates(found: list[float], base: float, warm_up: int, epochs: int, least: float = 0,
                whole: bool = False) -> None:
    """A cosine to the least rate: each iteration its own behind a warm-up, else one an epoch.

    A `whole` one began with the training, as timm's.
    """
    assert len(found) == epochs * EPOCH
    if warm_up:
        start = warm_up * EPOCH
        assert found[0] < 1e-3 * base < base == pytest.approx(found[start - 1])
        assert found[:start] == sorted(found[:start])
        steps = range(start, epochs * EPOCH, 97)
    else:
        steps = range(0, epochs * EPOCH, EPOCH)
        assert all(found[step] == found[step + EPOCH - 1] for step in steps)
    begin = 0 if whole else warm_up * EPOCH
    for step in steps:
        share = (step - begin) / (epochs * EPOCH - begin)
        assert found[step] == pytest.approx(
            least + (base - least) * (1 + math.cos(math.pi * share)) / 2)


def layers(network: nn.Module) -> str:
    """As RegionCL's A.7 writes them."""
    def one(layer: nn.Module) -> str:
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            return f'BN{"" if layer.affine else "*"}({layer.num_features})'
        if isinstance(layer, nn.ReLU):
            return 'ReLU'
        kind = 'Conv2d' if isinstance(layer, nn.Conv2d) else 'Linear'
        if kind == 'Conv2d':
            assert layer.kernel_size == (1, 1)
        out, width = layer.weight.shape[:2]
        return f'{kind}{"*" if layer.bias is None else ""}({width}, {out})'
    return ' '.join(map(one, network.children()))


def objective(head: nn.Module) -> dict:
    return {'projector': layers(head.projector), 'predictor': layers(head.predictor),
            'queues': [len(queue.rows) for queue in getattr(head, 'queues', ())],
            'temperature': getattr(head, 'temperature', None), 'weight': head.loss_weight}


def network(config: Config, model: nn.Module) -> dict:
    """What a built model is made of, in the words of the table."""
    found = {**objective(model.head), 'symmetric': len(model.pairs) == 2,
             'shuffle_bn': model.shuffle_bn, 'sync_bn': config.sync_bn,
             'ema': model.ema_decay and (model.ema_decay, model.final_ema_decay),
             'zero_init_residual': getattr(model.backbone, 'zero_init_residual', None)}
    if config.model.type == 'oadp_mm.RegionCL':
        dense = model.dense_head
        return {**found, **{key: getattr(model, key) for key in REGIONS if key != 'dense'},
                'dense': None if dense is None else objective(dense)}
    head = model.semantic_head
    return {**found, 'semantic_projector': layers(head.projector),
            'semantic_predictor': layers(head.predictor), 'margin': head.margin,
            'lambda': head.loss_weight, 'terms': head.terms,
            'saliency': layers(head.saliency.layers)}


@pytest.mark.parametrize('stem', NETWORKS)
def test_network(stem, load, outline):
    first, *others = (load(name) for name in RATES if name.startswith(stem))
    assert network(first, outline(first.model)) == NETWORKS[stem]
    assert all((other.model, other.sync_bn) == (first.model, first.sync_bn) for other in others)


def test_moby_starts_as_its_code_does(load):
    """Swin's `_init_weights`."""
    config = load('regioncl/regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k.py')
    backbone = MODELS.build(config.model.backbone)
    backbone.init_weights()
    linear = [module for module in backbone.modules() if isinstance(module, nn.Linear)]
    assert len(linear) == 12 * 4 + 3  # qkv, proj and two of the MLP a block; three mergings
    for module in linear:
        count = module.weight.numel()
        assert module.weight.std().item() == pytest.approx(0.02, abs=6 * 0.02 / (2 * count) ** 0.5)
        assert module.bias is None or not module.bias.any()


def test_drop_path_of_moby_is_online_only(load, outline):
    model = outline(load('regioncl/regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k.py').model)
    for module, highest in ((model.backbone, 0.2), (model.target, 0)):
        rates = [part.drop_prob for part in module.modules() if hasattr(part, 'drop_prob')]
        assert max(rates) == pytest.approx(highest)
