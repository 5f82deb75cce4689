"""What pretraining may and may not change: weights, targets, gradients, state (on OADP)."""
from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.models import OADP
from oadp_mm.models.view_pairs import ONE_WAY
from tests.models.tiny import build, total, views
from tests.oracles.network import moving_average

LAYERS = ('layer1', 'layer2', 'layer3', 'layer4')


def state(model: OADP) -> dict[str, Tensor]:
    """All that matters: weights, online and target, and buffers but for running statistics."""
    return {name: tensor.clone() for name, tensor in model.state_dict().items()
            if not name.endswith(('running_mean', 'running_var', 'num_batches_tracked'))}


def test_the_loss_is_a_function_of_the_weights_and_changes_none() -> None:
    model = build()
    inputs, gray = views()
    before, given = state(model), [tensor.clone() for tensor in (*inputs, *gray)]
    first = model.loss(inputs, gray=gray)
    second = model.loss(inputs, gray=gray)
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].item() == second[name].item()
    for name, tensor in state(model).items():
        assert torch.equal(tensor, before[name]), name
    for tensor, original in zip((*inputs, *gray), given, strict=True):
        assert torch.equal(tensor, original)


def test_training_moves_no_target_before_after_step() -> None:
    model = build()
    inputs, gray = views()
    targets = {name: tensor for name, tensor in state(model).items() if 'target' in name}
    assert len(targets) > len(list(model.backbone.parameters()))
    optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.1)
    total(model.loss(inputs, gray=gray)).backward()
    optimizer.step()
    after = state(model)
    assert all(torch.equal(after[name], tensor) for name, tensor in targets.items())
    assert not torch.equal(after['backbone.conv1.weight'], model.target.module.conv1.weight)


@pytest.mark.parametrize('progress', [0.0, 0.3, 1.0])
def test_after_step_is_the_recursion_with_a_cosine_decay(progress: float) -> None:
    """chi rises from .99 to 1 along a cosine (IV-A)."""
    model = build(ema_decay=0.99)
    decay = 1 - (1 - 0.99) * (math.cos(math.pi * progress) + 1) / 2
    copies = model.copies()
    assert len(copies) == 1 + 3
    expected = [
        moving_average(t.double().numpy(), o.detach().double().numpy(), decay)
        for copy in copies
        for o, t in zip(copy.online.parameters(), copy.parameters(), strict=True)
    ]
    online_before = [p.clone() for copy in copies for p in copy.online.parameters()]
    model.after_step(progress)
    moved = [parameter for copy in copies for parameter in copy.parameters()]
    for ours, theirs in zip(moved, expected, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-6, atol=1e-7)
    online_after = [p for copy in copies for p in copy.online.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(online_before, online_after, strict=True))


def test_every_projector_follows_its_own_online_projector() -> None:
    model = build(ema_decay=0.0)
    model.after_step(0.0)
    for branch in ('global', 'local', 'gl'):
        head = model.heads[branch]
        for online, target in zip(head.projector.parameters(),
                                  head.target_projector.parameters(), strict=True):
            assert torch.equal(online, target)


def test_targets_start_as_the_initialised_online_weights() -> None:
    model = build()
    model.init_weights()  # a second call re-initialises nothing, but the targets start again
    for copy in model.copies():
        for a, b in zip(copy.online.parameters(), copy.parameters(), strict=True):
            assert torch.equal(a, b)


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


def test_the_gradient_stops_at_the_target() -> None:
    """One direction only: the view that the target sees is a constant, the other is not."""
    model = build(pairs=ONE_WAY)
    inputs, gray = views()
    for view in inputs:
        view.requires_grad_()
    total(model.loss(inputs, gray=gray)).backward()
    assert inputs[0].grad.abs().max() > 0
    assert inputs[1].grad is None


def test_a_saved_model_goes_on_where_it_stopped() -> None:
    model, fresh = build(), build()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    fresh.load_state_dict(model.state_dict())
    inputs, gray = views()
    assert total(fresh.loss(inputs, gray=gray)).item() == total(
        model.loss(inputs, gray=gray)).item()


def test_backbone_keys_are_the_hosts() -> None:
    """Fine-tuning reads `backbone.` and nothing else: the names must be a plain ResNet's."""
    from mmpretrain.models import ResNet

    ours = {name.removeprefix('backbone.') for name in build().state_dict()
            if name.startswith('backbone.')}
    assert ours == set(ResNet(depth=18).state_dict())
