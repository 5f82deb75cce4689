"""Every pretraining config makes a step, on noise and with widths cut down."""
from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import MessageHub
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS
from torch import nn

from tests.configs.leaves import CASES, view_sides
from tests.configs.noise import noise

PRETRAINING = [name for name in CASES if not name.startswith('benchmarks/')]
BATCH = 4
SMALL = {'hidden_channels': 16, 'out_channels': 8, 'queue_length': 12, 'conv_channels': 8,
         'fc_channels': 16}
BACKBONES = {
    'ResNet': {'depth': 18, 'stem_channels': 8, 'base_channels': 8},
    'MoCoV3ViT': {'arch': {'embed_dims': 24, 'num_layers': 1, 'num_heads': 2,
                           'feedforward_channels': 24}},
    'SwinTransformer': {'arch': {'embed_dims': 8, 'depths': [1, 1, 1, 1],
                                 'num_heads': [1, 1, 2, 2]}},
}


@pytest.fixture(autouse=True)
def schedule_of_the_host():
    """mmpretrain's own BYOL asks the runner's hub how long the training is."""
    hub = MessageHub.get_current_instance()
    hub.update_info('max_iters', 10)
    yield
    hub.pop_info('max_iters')


def shrink(node):
    """The options with small widths and queues."""
    if isinstance(node, (list, tuple)):
        return [shrink(child) for child in node]
    if not isinstance(node, dict):
        return node
    node = {key: SMALL.get(key, shrink(value)) for key, value in node.items()}
    return {**node, **BACKBONES.get(node.get('type'), {})}


def small(config: Config) -> dict:
    ours = config.model.type.startswith('oadp_mm.')
    return shrink(config.model.to_dict()) if ours else config.model


def build(config: Config) -> nn.Module:
    model = MODELS.build(small(config))
    model.init_weights()
    model.after_step_attached = True  # what the hook does, whose tests are elsewhere
    return model.train()


@pytest.fixture(scope='module')
def seen() -> set[str]:
    """Keys of the steps that were made: rows and lengths of one model make one."""
    return set()


@pytest.mark.parametrize('name', PRETRAINING)
def test_step(name, load, seen):
    torch.manual_seed(0)
    config = load(name)
    key = json.dumps([small(config), view_sides(config), config.optim_wrapper.optimizer.type,
                      config.optim_wrapper.get('paramwise_cfg')])
    if key in seen:
        return
    seen.add(key)
    model = build(config)
    wrapper = build_optim_wrapper(model, {
        key: value for key, value in config.optim_wrapper.items()
        if key in ('optimizer', 'paramwise_cfg', 'clip_grad')})
    online = {key: value for key, value in model.named_parameters() if value.requires_grad}
    fixed = {id(p) for group in wrapper.param_groups if group.get('fix_lr')
             for p in group['params']}
    assert fixed == {id(value) for key, value in online.items() if key.startswith('head.predictor')
                     and any(hook.type == 'SimSiamHook' for hook in config.custom_hooks)}

    data = model.data_preprocessor(noise(config, BATCH), training=True)
    total, logged = model.parse_losses(model(**data, mode='loss'))
    total.backward()
    assert all(np.isfinite(value.item()) for value in logged.values())
    # One without a gradient would stop a distributed training, which waits for it.
    assert {key for key, value in online.items() if value.grad is None} == set()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    wrapper.step()
    if hasattr(model, 'after_step'):
        model.after_step(0.5)

    after = model.state_dict()
    moved = {key for key in before if not torch.equal(before[key], after[key])}
    assert all(after[key].isfinite().all() for key in moved)
    assert {key.split('.')[0] for key in online} <= {key.split('.')[0] for key in moved}
    if hasattr(model, 'after_step'):
        states = {key.rsplit('.', 1)[-1] for key in moved}
        assert ('target' in {key.split('.')[0] for key in moved}) == (model.ema_decay is not None)
        assert {'rows', 'pointer'} <= states or not any('queue' in key for key in after)


@pytest.mark.parametrize(('name', 'option'), [
    ('regioncl-m3_resnet50_32xb128-coslr-1000e_in1k', 'lars_exclude'),
    ('regioncl-moby_swin-tiny_8xb64-coslr-100e_in1k', None),
    ('regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k', None),
])
def test_norms_and_offsets_do_not_decay(name, option, load):
    """They are the tensors of one dimension. Swin's tables of relative positions are none of them:
    `MoBY` holds the network that would spare them, and its optimizer asks `MoBY`."""
    config = load(f'regioncl/{name}.py')
    model = build(config)
    optimizer = build_optim_wrapper(model, {
        key: config.optim_wrapper[key] for key in ('optimizer', 'paramwise_cfg')}).optimizer
    groups = [group for group in optimizer.param_groups if group['weight_decay'] == 0]
    assert all(group.get(option, option is None) for group in groups)
    free = {id(p) for group in groups for p in group['params']}
    assert free == {id(p) for p in model.parameters()
                    if p.requires_grad and p.ndim == 1}
