"""With the global loss alone OADP and ORL are BYOL: mmpretrain's numbers on the same weights."""
from __future__ import annotations

import pytest
import torch
from mmengine.logging import MessageHub
from mmpretrain.models import BYOL
from torch import nn

from oadp_mm.models import OADP, ORL
from tests.models.tiny import build, settings, total, views
from tests.models.tiny_branches import HEAD, orl

#: mmpretrain's `l` is -cos, ours 2 - 2 cos: 2 * (l1 + l2) + 4 = ours, summed over both directions.
OFFSET = 4


@pytest.fixture(params=['oadp', 'orl'])
def ours(request: pytest.FixtureRequest) -> OADP | ORL:
    """In float64; ORL's last layers have no offset."""
    plain = settings()
    return build(loss_weights={'global': 1.0}).double() if request.param == 'oadp' else orl(
        'stage1', backbone=plain['backbone'], head={**HEAD, **plain['head']})


@pytest.fixture
def byol(ours: OADP | ORL) -> BYOL:
    """mmpretrain's BYOL as small as ours.

    Its loss moves the target before using it, by a share that its schedule takes from the message
    hub. At the end of that schedule the share is 0, so the copied target stays.
    """
    MessageHub.get_current_instance().update_info('max_iters', 1)
    perceptron = {'type': 'mmpretrain.NonLinearNeck', 'hid_channels': 32, 'out_channels': 16,
                  'with_bias': True, 'with_last_bias': isinstance(ours, OADP),
                  'with_last_bn': False}
    model = BYOL(
        backbone={'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 16,
                  'base_channels': 16},
        neck={**perceptron, 'in_channels': 128, 'with_avg_pool': True},
        head={'type': 'mmpretrain.LatentPredictHead',
              'loss': {'type': 'mmpretrain.CosineSimilarityLoss'},
              'predictor': {**perceptron, 'in_channels': 16, 'with_avg_pool': False}},
    )
    model.target_net.steps.fill_(1)
    return model.train().double()


def same_order(ours: nn.Module, theirs: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    pairs = list(zip(ours.parameters(), theirs.parameters(), strict=True))
    assert all(a.shape == b.shape for a, b in pairs)
    return pairs


def copy_weights(source: OADP | ORL, into: BYOL) -> None:
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


def test_global_loss_and_gradients_are_byols(ours: OADP | ORL, byol: BYOL) -> None:
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


def test_the_copied_target_was_not_moved_by_the_reference(ours: OADP | ORL, byol: BYOL) -> None:
    """The parity above compares the two targets only if BYOL's own update leaves its target."""
    copy_weights(ours.float(), byol.float())  # the share is 0 to the last digit of these
    byol.loss(views()[0], [])
    for a, b in zip(ours.target.parameters(), byol.target_net.module[0].parameters(), strict=True):
        assert torch.equal(a, b)
    assert any(not torch.equal(a, b) for a, b in zip(
        byol.backbone.parameters(), byol.target_net.module[0].parameters(), strict=True))
