"""Each fine-tuning takes over a checkpoint and makes a step, at a quarter size.

A ResNet-18 has a quarter of a ResNet-50's channels, so all widths are divided by four.
"""
from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import mmdet.models
import mmpretrain.models
import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.dataset import pseudo_collate
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DATASETS, MODELS
from torch import nn

from oadp_mm.engine.handoff import handed_off
from oadp_mm.engine.hooks import HandoffCheckHook
from oadp_mm.layers.foreground import ForegroundNetwork
from tests.configs.leaves import CASES

#: MoBy's Swin steps in test_classification_numbers.py.
BENCHMARKS = [name for name in CASES if re.match('benchmarks/(?!swin)', name)]
CHANNELS = {'in_channels', 'out_channels', 'feat_channels', 'conv_out_channels',
            'fc_out_channels', 'channels', 'embed_dims', 'feedforward_channels', 'num_feats'}
SIDE = 64
#: Tensors taken of those that a part has, by detector. Those of one stage have no box head, and
#: their necks three levels of four, with two more.
PARTS = {
    'MaskRCNN': {'backbone': (120, 120), 'neck': (48, 48), 'roi_head.bbox_head': (26, 30)},
    'RetinaNet': {'backbone': (120, 120), 'neck': (36, 48)},
    'FCOS': {'backbone': (120, 120), 'neck': (36, 48)}}


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """What pretrainings of a ResNet-18 by SCD and by SoCo leave behind."""
    torch.manual_seed(1)
    state = {}
    norm = {'type': 'BN'}
    box_head = mmdet.models.Shared4Conv1FCBBoxHead(
        in_channels=64, fc_out_channels=256, norm_cfg=norm)  # its convolutions are not configured
    del box_head.fc_cls, box_head.fc_reg
    for prefix, module in (('backbone.', mmpretrain.models.ResNet(depth=18)),
                           ('neck.', mmdet.models.FPN([64, 128, 256, 512], 64, 4, norm_cfg=norm)),
                           ('box_head.', box_head),
                           ('semantic_head.saliency.', ForegroundNetwork(512)),
                           ('semantic_head.projector.', torch.nn.Linear(512, 8))):
        state.update({prefix + key: value for key, value in module.state_dict().items()})
    path = tmp_path_factory.mktemp('pretraining') / 'epoch_200.pth'
    torch.save({'state_dict': state}, path)
    return path


def of_plain_width(model: dict) -> dict:
    """A wide network's model with a ResNet-50's channels."""
    width = model['backbone'].pop('base_channels', 64) // 64
    model['backbone'].pop('stem_channels', None)
    reader = model['head'] if 'head' in model else model['neck']
    if width > 1:
        found = reader['in_channels']
        reader['in_channels'] = (
            [each // width for each in found] if isinstance(found, list) else found // width)
    return model


def quarter(node: Any, key: str = '') -> Any:
    if isinstance(node, dict):
        return {name: quarter(child, name) for name, child in node.items()}
    if isinstance(node, (list, tuple)):
        return type(node)(quarter(child, key) for child in node)
    if key == 'depth':
        return 18
    return node // 4 if key in CHANNELS else node


def small(step: dict) -> dict:
    """A transform that leaves an image of SIDE pixels."""
    if step['type'] in ('RandomChoice', 'RandomChoiceResize', 'RandomResize'):
        return {'type': 'Resize', 'scale': (SIDE, SIDE), 'keep_ratio': True}
    if step['type'] == 'RandomCrop':
        return {**step, 'crop_size': (SIDE, SIDE)}
    return {**step, 'scale': SIDE} if step['type'] == 'RandomResizedCrop' else step


def batch_of(config: Config) -> dict:
    """Two images of the config's own data set; VOC's is two of them, LVIS's in a wrapper."""
    dataset = config.train_dataloader.dataset.to_dict()
    dataset = dataset.get('datasets', [dataset])[0]
    dataset = dataset.get('dataset', dataset)
    dataset['pipeline'] = [small(step) for step in dataset['pipeline']]
    dataset = DATASETS.build(dataset)
    return pseudo_collate([dataset[0], dataset[0]])


def taken(model: nn.Module) -> dict[str, tuple[int, int]]:
    return {name: (len(handoff.names), len(module.state_dict()))
            for name, module, handoff in handed_off(model)}


@pytest.fixture(scope='module')
def seen() -> set[str]:
    """Keys of the steps that were made: lengths and rates of one model make one."""
    return set()


@pytest.mark.parametrize('name', BENCHMARKS)
def test_step(name, load, tiny_data, checkpoint, seen):
    config = load(name, OADP_DATA=str(tiny_data), OADP_CKPT=str(checkpoint))
    settings = config.model.to_dict()
    if '-widths_' in name or '-finetune-' in name:
        settings = of_plain_width(settings)
    settings = ConfigDict(quarter(settings) if settings['backbone']['depth'] == 50 else settings)
    if config.default_scope == 'mmseg':
        settings.data_preprocessor.size = (SIDE, SIDE)
    if 'rcnn' in settings.get('train_cfg', {}):
        settings.train_cfg.rcnn.sampler.num = 16
    key = json.dumps([settings, config.train_dataloader.dataset, config.optim_wrapper.get(
        'paramwise_cfg')])
    if key in seen:
        return
    seen.add(key)
    model = MODELS.build(settings)
    model.init_weights()
    for hook in config.custom_hooks:
        if hook.type == 'oadp_mm.HandoffCheckHook':
            HandoffCheckHook().before_train(SimpleNamespace(model=model, _has_loaded=False))
    if '-parts_' in name:
        assert taken(model) == PARTS[settings.type]
    model.train()
    wrapper = build_optim_wrapper(model, config.optim_wrapper)
    before = {key: value.detach().clone() for key, value in model.named_parameters()}

    data = model.data_preprocessor(batch_of(config), training=True)
    total, logged = model.parse_losses(model(**data, mode='loss'))
    assert all(torch.isfinite(value) for value in logged.values())
    total.backward()
    with_gradient = {key for key, value in model.named_parameters() if value.grad is not None}
    # A distributed training waits for the gradients of all that is trained.
    assert with_gradient == {key for key, value in model.named_parameters() if value.requires_grad}
    if '-linear-' in name:
        assert with_gradient == {'head.fc.weight', 'head.fc.bias'}

    wrapper.step()
    moved = {key for key, value in model.named_parameters()
             if not torch.equal(value, before[key])}
    assert moved <= with_gradient
    assert {key.split('.')[0] for key in moved} == {key.split('.')[0] for key in with_gradient}
