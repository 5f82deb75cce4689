"""With the global loss alone OADP is BYOL: the same numbers as mmpretrain's on the same weights."""
from __future__ import annotations

import pytest
import torch
from mmengine.logging import MessageHub
from mmpretrain.models import BYOL
from torch import nn

from oadp_mm.models import OADP
from tests.models.tiny import build, total, views

#: mmpretrain's `l` is -cos, ours 2 - 2 cos: 2 * (l1 + l2) + 4 = ours, summed over both directions.
OFFSET = 4


@pytest.fixture
def byol() -> BYOL:
    """mmpretrain's BYOL as small as ours.

    Its loss moves the target before using it, by a share that its schedule takes from the message
    hub. At the end of that schedule the share is 0, so the copied target stays.
    """
    MessageHub.get_current_instance().update_info('max_iters', 1)
    perceptron = {'type': 'mmpretrain.NonLinearNeck', 'hid_channels': 32, 'out_channels': 16,
                  'with_bias': True, 'with_last_bias': True, 'with_last_bn': False}
    model = BYOL(
        backbone={'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 16,
                  'base_channels': 16},
        neck={**perceptron, 'in_channels': 128, 'with_avg_pool': True},
        head={'type': 'mmpretrain.LatentPredictHead',
              'loss': {'type': 'mmpretrain.CosineSimilarityLoss'},
              'predictor': {**perceptron, 'in_channels': 16, 'with_avg_pool': False}},
    )
    model.target_net.steps.fill_(1)
    return model.train()


def same_order(ours: nn.Module, theirs: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    pairs = list(zip(ours.parameters(), theirs.parameters(), strict=True))
    assert all(a.shape == b.shape for a, b in pairs)
    return pairs


def copy_weights(source: OADP, into: BYOL) -> None:
    head = source.heads['global']
    for ours, theirs in [
        (source.backbone, into.backbone),
        (head.projector, into.neck),
        (head.predictor, into.head.predictor),
        (source.target.module, into.target_net.module[0]),
        (head.target_projector.module, into.target_net.module[1]),
    ]:
        with torch.no_grad():
            for copied, parameter in same_order(ours, theirs):
                parameter.copy_(copied)


def test_global_loss_and_gradients_are_byols(byol: BYOL) -> None:
    ours = build(loss_weights={'global': 1.0}).double()
    byol.double()
    copy_weights(ours, byol)
    inputs, gray = views()
    inputs = [view.double() for view in inputs]

    loss = total(ours.loss(inputs, gray=gray))
    reference = byol.loss(inputs, [])['loss']
    assert loss.item() == pytest.approx(reference.item() + OFFSET, abs=1e-6)

    loss.backward()
    reference.backward()
    theirs = dict(byol.backbone.named_parameters())
    for name, parameter in ours.backbone.named_parameters():
        scale = theirs[name].grad.abs().max().item()
        assert scale > 0, name
        torch.testing.assert_close(parameter.grad, theirs[name].grad, rtol=0, atol=1e-5 * scale)
    head = ours.heads['global']
    for online, other in ((head.projector, byol.neck), (head.predictor, byol.head.predictor)):
        for a, b in same_order(online, other):
            torch.testing.assert_close(a.grad, b.grad, rtol=0, atol=1e-6)


def test_the_copied_target_was_not_moved_by_the_reference(byol: BYOL) -> None:
    """The parity above compares the two targets only if BYOL's own update leaves its target."""
    ours = build(loss_weights={'global': 1.0})
    copy_weights(ours, byol)
    byol.loss(views()[0], [])
    for a, b in zip(ours.target.parameters(), byol.target_net.module[0].parameters(), strict=True):
        assert torch.equal(a, b)
    assert any(not torch.equal(a, b) for a, b in zip(
        byol.backbone.parameters(), byol.target_net.module[0].parameters(), strict=True))
