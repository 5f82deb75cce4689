"""Without their own terms RegionCL and SCD are mmpretrain's models: the same numbers and queues."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import torch
import torch.nn.functional as F
from mmengine.logging import MessageHub
from mmpretrain import models as host
from torch import nn

from oadp_mm.layers.queue import FeatureQueue
from oadp_mm.models import Pretrainer
from oadp_mm.models.view_pairs import BOTH_WAYS, ONE_WAY, Pairs
from tests.models.tiny import total
from tests.models.tiny_pairs import (
    BYOL,
    HIDDEN,
    OUT,
    QUEUE,
    RESNET,
    TOKENS,
    VIT,
    pairs,
    regioncl,
    scd,
)

PLAIN = {'in_channels': 128, 'hid_channels': HIDDEN, 'out_channels': OUT}
NONLINEAR = {'type': 'mmpretrain.NonLinearNeck', **PLAIN}
QUEUED = {'type': 'mmpretrain.ContrastiveHead', 'temperature': 0.2,
          'loss': {'type': 'mmpretrain.CrossEntropyLoss', 'loss_weight': 1.0}}


@dataclass
class Twins:
    """One of ours and its model of reference, with what must be copied from one into the other."""

    ours: Pretrainer
    theirs: nn.Module
    average: nn.Module | None
    modules: list[tuple[nn.Module, nn.Module]]
    targets: list[tuple[nn.Module, nn.Module]] = field(default_factory=list)
    queues: list[tuple[FeatureQueue, str]] = field(default_factory=list)
    offset: float = 0.0

    def __post_init__(self) -> None:
        self.theirs = self.theirs.train().double()
        self.modules.append((self.ours.backbone, self.theirs.backbone))
        if self.average is not None:
            # Their loss moves the average before using it, by a copy at first: not here.
            MessageHub.get_current_instance().update_info('max_iters', 1)
            self.average.steps.fill_(1)
            self.average.momentum = 0.0
            self.targets.append((self.ours.target, self.average.module[0]))
        with torch.no_grad():
            for a, b in zip(*self.parameters(self.modules + self.targets), strict=True):
                b.copy_(a.reshape(b.shape))
            for queue, name in self.queues:
                queue.rows.copy_(F.normalize(queue.rows, dim=1))  # it was so in float32
                getattr(self.theirs, name).copy_(queue.rows.T)

    @staticmethod
    def parameters(twins: list[tuple[nn.Module, nn.Module]]) -> list[list[nn.Parameter]]:
        both = [[p for twin in twins for p in twin[side].parameters()] for side in (0, 1)]
        assert [p.numel() for p in both[0]] == [p.numel() for p in both[1]]
        return both


def moco(semantic: bool = False) -> Twins:
    ours = (scd(semantic={'loss_weight': 0.0}, backbone=RESNET) if semantic
            else regioncl(region_weight=0.0, backbone=RESNET))
    theirs = host.MoCo(RESNET, {'type': 'mmpretrain.MoCoV2Neck', **PLAIN}, QUEUED,
                       queue_len=QUEUE, feat_dim=OUT)
    return Twins(ours, theirs, theirs.encoder_k, [(ours.head.projector, theirs.neck)],
                 [(ours.head.target_projector, theirs.encoder_k.module[1])],
                 [(ours.head.queues.queue(0), 'queue')])


def densecl() -> Twins:
    ours = regioncl('densecl', region_weight=0.0, backbone=RESNET)
    theirs = host.DenseCL(RESNET, {'type': 'mmpretrain.DenseCLNeck', **PLAIN}, QUEUED,
                          queue_len=QUEUE, feat_dim=OUT, loss_lambda=0.5)
    neck, average = theirs.neck, theirs.encoder_k.module[1]
    one, dense = ours.head, ours.dense_head
    return Twins(ours, theirs, theirs.encoder_k,
                 [(one.projector, neck.mlp), (dense.projector, neck.mlp2)],
                 [(one.target_projector, average.mlp), (dense.target_projector, average.mlp2)],
                 [(one.queues.queue(0), 'queue'), (dense.queues.queue(0), 'queue2')])


def simsiam() -> Twins:
    """The mean of two -cos; ours is 1/4 of the sum of two 2 - 2 cos."""
    ours = regioncl('simsiam', region_weight=0.0, backbone=RESNET)
    predictor = {**NONLINEAR, 'in_channels': OUT, 'hid_channels': 8, 'with_avg_pool': False,
                 'with_last_bn': False, 'with_last_bias': True}
    theirs = host.SimSiam(
        RESNET, {**NONLINEAR, 'num_layers': 3, 'with_last_bn_affine': False},
        {'type': 'mmpretrain.LatentPredictHead', 'predictor': predictor,
         'loss': {'type': 'mmpretrain.CosineSimilarityLoss'}})
    return Twins(ours, theirs, None, [(ours.head.projector, theirs.neck),
                                      (ours.head.predictor, theirs.head.predictor)], offset=1.0)


def mocov3(vit: bool = False) -> Twins:
    """Their configs' heads: a norm without scale ends projectors and, of a ViT, the predictor."""
    temperature = 0.2 if vit else 1.0
    ours = regioncl('mocov3-vit' if vit else 'mocov3', region_weight=0.0,
                    backbone=TOKENS if vit else RESNET)
    predictor = {**NONLINEAR, 'in_channels': OUT, 'with_avg_pool': False, 'with_last_bn': vit,
                 'with_last_bn_affine': False}
    neck = {**NONLINEAR, 'with_last_bn_affine': False}
    if vit:
        neck |= {'in_channels': 32, 'num_layers': 3, 'with_avg_pool': False}
    theirs = host.MoCoV3(
        VIT if vit else RESNET, neck,
        {'type': 'mmpretrain.MoCoV3Head', 'predictor': predictor, 'temperature': temperature,
         'loss': {'type': 'mmpretrain.CrossEntropyLoss', 'loss_weight': 2 * temperature}})
    theirs.backbone.init_weights()  # freezes a ViT's positions
    return Twins(ours, theirs, theirs.momentum_encoder,
                 [(ours.head.projector, theirs.neck), (ours.head.predictor, theirs.head.predictor)],
                 [(ours.head.target_projector, theirs.momentum_encoder.module[1])])


def byol(pairs: Pairs = BOTH_WAYS) -> Twins:
    """They take -cos twice a direction, we 2 - 2 cos: 2 more for each."""
    ours = scd(BYOL, {'loss_weight': 0.0}, pairs=pairs, backbone=RESNET)
    perceptron = {**NONLINEAR, 'with_bias': True, 'with_last_bias': True, 'with_last_bn': False}
    predictor = {**perceptron, 'in_channels': OUT, 'with_avg_pool': False}
    theirs = host.BYOL(RESNET, perceptron, {
        'type': 'mmpretrain.LatentPredictHead', 'predictor': predictor,
        'loss': {'type': 'mmpretrain.CosineSimilarityLoss'}})
    return Twins(ours, theirs, theirs.target_net,
                 [(ours.head.projector, theirs.neck), (ours.head.predictor, theirs.head.predictor)],
                 [(ours.head.target_projector, theirs.target_net.module[1])], offset=4.0)


@pytest.mark.parametrize('make', [
    moco, densecl, simsiam, mocov3, lambda: mocov3(vit=True), lambda: moco(semantic=True), byol],
    ids=['RegionCL-MoCo', 'RegionCL-DenseCL', 'RegionCL-SimSiam', 'RegionCL-MoCoV3',
         'RegionCL-MoCoV3-ViT', 'SCD-MoCo', 'SCD-BYOL-2x'])
def test_a_step_is_theirs(make: Callable[[], Twins]) -> None:
    """Loss, gradients, and after the step the queues with their pointers."""
    twins = make()
    inputs = pairs()
    loss, reference = total(twins.ours(inputs, mode='loss')), total(twins.theirs.loss(inputs, []))
    assert loss.item() == pytest.approx(reference.item() + twins.offset, abs=1e-9)

    # The two targets were compared only if theirs was not moved and is not the online network.
    moved = list(zip(*Twins.parameters(twins.targets), strict=True))
    assert all(torch.equal(a, b.reshape(a.shape)) for a, b in moved)
    assert twins.average is None or not torch.equal(
        next(twins.ours.target.parameters()), next(twins.ours.backbone.parameters()))

    loss.backward()
    reference.backward()
    trained = 0
    for a, b in zip(*Twins.parameters(twins.modules), strict=True):
        assert a.requires_grad == b.requires_grad
        if a.requires_grad:
            torch.testing.assert_close(a.grad, b.grad.reshape(a.shape), rtol=1e-6, atol=1e-9)
            trained += bool(a.grad.abs().max() > 1e-6)
    assert trained > len(twins.modules)

    twins.ours.after_step(0.5)
    for queue, name in twins.queues:
        torch.testing.assert_close(queue.rows, getattr(twins.theirs, name).T, rtol=0, atol=1e-12)
        assert queue.pointer.item() == getattr(twins.theirs, f'{name}_ptr').item() == len(inputs[0])


def test_one_direction_of_byol() -> None:
    """SCD-BYOL is asymmetric: both directions make BYOL's loss, and one is its first half."""
    twins = byol(pairs=ONE_WAY)
    first, second = pairs()
    forth, back = (total(twins.ours.loss(views)).item() for views in ([first, second],
                                                                    [second, first]))
    theirs = twins.theirs
    reference = theirs.loss([first, second], [])['loss'].item()
    assert forth + back == pytest.approx(reference + 4, abs=1e-9)
    half = theirs.head.loss(theirs.neck(theirs.backbone(first))[0], theirs.target_net(second)[0])
    assert forth == pytest.approx(2 * half.item() + 2, abs=1e-9)
    assert abs(forth - back) > 1e-4


@pytest.mark.parametrize('make', [moco, densecl])
def test_queues_after_a_whole_round(make: Callable[[], Twins]) -> None:
    """Three batches of 4 fill a queue of 12; the fourth meets the keys of the first."""
    twins = make()
    inputs = pairs()
    twins.ours.ema_decay = twins.ours.final_ema_decay = 1.0  # both targets stand still
    for step in range(4):
        views = [view.roll(step, 3) for view in inputs]
        loss, reference = total(twins.ours(views, mode='loss')), total(twins.theirs.loss(views, []))
        assert loss.item() == pytest.approx(reference.item(), abs=1e-9)
        twins.ours.after_step(step / 4)
    for queue, name in twins.queues:
        torch.testing.assert_close(queue.rows, getattr(twins.theirs, name).T, rtol=0, atol=1e-12)
        assert queue.pointer.item() == getattr(twins.theirs, f'{name}_ptr').item() == 4
