"""OADP as a pretrainer, beyond what all algorithms promise (test_contract.py)."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.models.view_pairs import ONE_WAY
from tests.models.tiny import build, total, views

LAYERS = ('layer1', 'layer2', 'layer3', 'layer4')


def test_every_projector_follows_its_own_online_projector() -> None:
    model = build(ema_decay=0.0)
    model.after_step(0.0)
    for branch in ('global', 'local', 'gl'):
        head = model.heads[branch]
        for online, target in zip(head.projector.parameters(),
                                  head.target_projector.parameters(), strict=True):
            assert torch.equal(online, target)


@pytest.mark.parametrize('changes', [
    {}, {'pairs': ONE_WAY}, {'layers': LAYERS}, {'gl_mode': 'mean'},
    {'loss_weights': {'local': 1.0}}, {'loss_weights': {'gl': 1.0}},
    {'loss_weights': {'global': 1.0}}, {'layers': ('layer1', 'layer3')},
], ids=str)
def test_every_trained_weight_gets_a_gradient_and_no_target_does(changes: dict) -> None:
    """DistributedDataParallel stops at the first trained weight without one."""
    model = build(**changes)
    inputs, gray = views()
    total(model.loss(inputs, gray=gray)).backward()
    for name, parameter in model.named_parameters():
        if 'target' in name:
            assert not parameter.requires_grad, name
            assert parameter.grad is None, name
        else:
            assert parameter.requires_grad, name
            assert parameter.grad is not None, name


def test_backbone_keys_are_the_hosts() -> None:
    """Fine-tuning reads `backbone.` and nothing else: the names must be a plain ResNet's."""
    from mmpretrain.models import ResNet

    ours = {name.removeprefix('backbone.') for name in build().state_dict()
            if name.startswith('backbone.')}
    assert ours == set(ResNet(depth=18).state_dict())
