"""SCD's losses against loops from eq. 3-6, its gradients, and its saliency at the edges."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from oadp_mm.models import SCD, SaliencyPooling, SemanticHead
from oadp_mm.models.view_pairs import BOTH_WAYS
from tests.models.tiny import total
from tests.models.tiny_pairs import BYOL, MOCO, NO_NORM, WIDTHS, pairs, scd
from tests.oracles import foreground as oracle
from tests.oracles.info_nce import surprise, unit
from tests.oracles.network import weights_of

#: pool_saliency adds 1e-6 to sums of about 8 here.
TOLERANCE = 1e-6


def maps(backbone: nn.Module, view: Tensor) -> np.ndarray:
    with torch.no_grad():
        return backbone(view)[-1].numpy()


def through(body: nn.Module, rows: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return body(torch.from_numpy(rows)).numpy()


def semantics(network: nn.Module, projector: nn.Module, features: np.ndarray) -> oracle.Pair:
    """z_fg and z_bg of maps."""
    weights = oracle.saliency(features, weights_of(network))
    parts = [[oracle.pooled(f, m) for f, m in zip(features, side, strict=True)]
             for side in (weights, 1 - weights)]
    return tuple(through(projector, np.stack(rows)) for rows in parts)


def losses_by_loops(model: SCD, inputs: list[Tensor], predicts: bool, margin: float,
                    weight: float, **terms: bool) -> dict[str, float]:
    """Eq. 3-6 image by image; of the package only the backbone and the perceptrons are run."""
    head, semantic = model.head, model.semantic_head
    # Without EMA copies the online network is the target.
    copies = model.target is not None
    sums = {}
    for a, b in model.pairs:
        online = maps(model.backbone, inputs[a])
        target = maps(model.target.module if copies else model.backbone, inputs[b])
        queries = through(head.predictor, through(head.projector, online.mean((2, 3))))
        keys = through(head.target_projector.module if copies else head.projector,
                       target.mean((2, 3)))
        if predicts:
            terms_c = [2 - 2 * unit(q) @ unit(k) for q, k in zip(queries, keys, strict=True)]
        else:
            terms_c = [surprise(q, k, head.queues.queue(0).rows.numpy(), head.temperature)
                       for q, k in zip(queries, keys, strict=True)]
        losses = {'loss_consistency': float(np.mean(terms_c))}
        if weight:
            first = semantics(semantic.saliency, semantic.projector, online)
            second = semantics(*((semantic.target_saliency, semantic.target_projector) if copies
                                 else (semantic.saliency, semantic.projector)), target)
            losses['loss_discrimination'] = weight * oracle.discrimination(
                tuple(through(semantic.predictor, rows) for rows in first), second, margin, **terms)
        sums = {name: sums.get(name, 0) + loss for name, loss in losses.items()}
    return sums


@pytest.mark.parametrize('head', [MOCO, BYOL], ids=['moco', 'byol'])
@pytest.mark.parametrize(('semantic', 'changes'), [
    ({}, {}),
    ({}, {'pairs': BOTH_WAYS}),
    ({'background': False}, {}),
    ({'foreground': False}, {}),
    ({'margin': 0.3, 'loss_weight': 2.0}, {}),
    ({'loss_weight': 0.0}, {}),
    ({'projector': WIDTHS, 'predictor': WIDTHS}, {}),
    ({}, {'ema_decay': None}),
    ({}, {'ema_decay': None, 'pairs': BOTH_WAYS}),
], ids=str)
def test_the_loss_is_the_papers_by_loops(head: dict, semantic: dict, changes: dict) -> None:
    model, inputs = scd(head, semantic, **changes), pairs()
    ours = model.loss(inputs)
    expected = losses_by_loops(
        model, inputs, predicts=head is BYOL, margin=semantic.get('margin', 1.0),
        weight=semantic.get('loss_weight', 0.5), foreground=semantic.get('foreground', True),
        background=semantic.get('background', True))
    assert {name: loss.item() for name, loss in ours.items()} == pytest.approx(
        expected, abs=TOLERANCE)


def test_both_directions_are_the_sum_of_one_each() -> None:
    """SCD-BYOL (2x), D-5."""
    inputs = pairs()
    both = scd(BYOL, pairs=BOTH_WAYS).loss(inputs)
    forth, back = (scd(BYOL).loss(views) for views in (inputs, inputs[::-1]))
    for name, loss in both.items():
        assert loss.item() == pytest.approx(forth[name].item() + back[name].item(), abs=1e-9)
        assert forth[name].item() != back[name].item()


@pytest.mark.parametrize('head', [MOCO, BYOL], ids=['moco', 'byol'])
def test_any_pairs_of_any_views_are_the_sum_of_each(head: dict) -> None:
    """SoCo's: the whole view both ways with two others, which do not meet."""
    views = [*pairs(), pairs()[0].flip(3)]
    chosen = ((0, 1), (1, 0), (0, 2), (2, 0))
    together = scd(head, pairs=chosen).loss(views)
    alone = [scd(head).loss([views[a], views[b]]) for a, b in chosen]
    for name, loss in together.items():
        assert loss.item() == pytest.approx(sum(each[name].item() for each in alone), abs=1e-9)


@pytest.mark.parametrize('ema_decay', [0.99, None])
@pytest.mark.parametrize('head', [MOCO, BYOL], ids=['moco', 'byol'])
def test_the_targets_view_is_a_constant(head: dict, ema_decay: float | None) -> None:
    """And every trained weight gets a gradient: DistributedDataParallel stops without."""
    model, inputs = scd(head, ema_decay=ema_decay), pairs()
    for view in inputs:
        view.requires_grad_()
    total(model.loss(inputs)).backward()
    assert inputs[0].grad.abs().max() > 0
    assert inputs[1].grad is None
    assert any('target_saliency' in name for name in model.state_dict()) == bool(ema_decay)
    for name, parameter in model.named_parameters():
        assert parameter.requires_grad == ('target' not in name), name
        assert (parameter.grad is not None) == ('target' not in name), name


def test_the_discrimination_trains_the_saliency() -> None:
    """A step against the gradient of L_d alone lowers it."""
    model, inputs = scd(), pairs()
    network = model.semantic_head.saliency
    before = model.loss(inputs)['loss_discrimination']
    gradients = torch.autograd.grad(before, list(network.parameters()))
    assert all(gradient.abs().max() > 0 for gradient in gradients)
    with torch.no_grad():
        for parameter, gradient in zip(network.parameters(), gradients, strict=True):
            parameter.sub_(0.01 * gradient)
    assert model.loss(inputs)['loss_discrimination'].item() < before.item()


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize('bias', [-1e4, -25.0, -16.0, -9.0, 0.0, 9.0, 16.0, 25.0, 1e4])
def test_a_saliency_of_all_or_nothing_is_survived(bias: float, dtype: torch.dtype) -> None:
    """Of nothing but foreground or background, and near it, where 1 / sum(M) is large.

    With the loss scale that mixed precision starts from.
    """
    head = SemanticHead(8, NO_NORM)
    with torch.no_grad():
        head.saliency.layers[-1].bias.fill_(bias)
    features = torch.randn(3, 8, 4, 4, requires_grad=True)
    with torch.autocast('cpu', dtype, enabled=dtype != torch.float32):
        saliency = head.saliency(features)
        loss = head.loss(head.online(features), head.target(features))
    (loss * 2.0**16).backward()
    assert (saliency.mean().item() < 0.5) == (bias < 0) or bias == 0
    for each in (loss, features.grad, *(p.grad for p in head.parameters() if p.requires_grad)):
        assert each.dtype == torch.float32
        assert each.isfinite().all()


def test_the_pooling_of_classifiers_is_the_heads() -> None:
    """"(fg)" of Table 1: h_fg of eq. 4, with weights that nothing moves."""
    head = scd().semantic_head
    neck = SaliencyPooling(128).double()
    neck.saliency.load_state_dict(head.saliency.state_dict())
    assert not any(parameter.requires_grad for parameter in neck.parameters())
    features = torch.randn(3, 128, 4, 4, dtype=torch.float64, requires_grad=True)
    before = {name: tensor.clone() for name, tensor in neck.state_dict().items()}
    assert 'saliency.layers.1.running_mean' in before
    saliency = head.saliency.eval()(features)
    expected = [oracle.pooled(f, m) for f, m in zip(
        features.detach().numpy(), saliency.detach().numpy(), strict=True)]
    for mode in (True, False):
        nn.Sequential(neck).train(mode)
        assert not any(module.training for module in neck.modules())
        pooled, = neck((torch.zeros(3, 1, 1, 1), features))
        np.testing.assert_allclose(pooled.detach(), expected, rtol=0, atol=TOLERANCE)
    assert all(torch.equal(tensor, before[name]) for name, tensor in neck.state_dict().items())
