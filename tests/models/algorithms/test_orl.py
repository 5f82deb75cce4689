"""ORL and SCD-ORL against an independent reference of their losses, and what is shared."""
from __future__ import annotations

import copy
from collections import Counter

import pytest
import torch
from torch import Tensor, nn

from oadp_mm.layers.ema import EMACopy
from oadp_mm.models import ORL
from oadp_mm.models.algorithms.orl import SIX_VIEWS
from tests.models.test_bad_input import refused
from tests.models.tiny import total
from tests.models.tiny_branches import DISCRIMINATION, FORMS, HEAD, SIDES, orl, six_views
from tests.models.tiny_pairs import MOCO, photographs
from tests.oracles import orl as oracle

#: Beside the forms, pairs and terms that no paper has.
MORE = {
    'one-way': {'pairs': ((1, 0), (2, 3))},
    'intra-alone': {'pairs': ((4, 5), (5, 4))},
    'margin': {'pairs': ((3, 2), (0, 1)), 'semantic_head': {
        **DISCRIMINATION, 'margin': 0.2, 'loss_weight': 2.0}},
}
EVERY = pytest.mark.parametrize('name', [*FORMS, *MORE])


def build(name: str, **changes) -> ORL:
    return orl(name, **changes) if name in FORMS else orl(**{**MORE[name], **changes})


def batch_of(model: ORL) -> list[Tensor]:
    return six_views(model.pairs, photographs())['inputs']


def names(model: ORL, target: bool) -> dict[str, str]:
    """Where a checkpoint has what the oracle calls otherwise."""
    lender = next(iter(model.heads))
    if target:
        return {f'heads.{lender}.target_projector.module.': 'projector.',
                'semantic_head.target_saliency.module.layers.': 'saliency.',
                'semantic_head.target_projector.module.': 'semantic.'}
    return {f'heads.{lender}.projector.': 'projector.',
            **{f'heads.{branch}.predictor.': f'{branch}.' for branch in model.heads},
            'semantic_head.saliency.layers.': 'saliency.', 'semantic_head.projector.': 'semantic.'}


def network(model: ORL, target: bool) -> tuple[oracle.Network, nn.Module, dict[str, Tensor]]:
    """The oracle's form of one of ours, its backbone, and its weights, which share nothing, by the
    names of the checkpoint.
    """
    weights = {name: value.clone().requires_grad_(not target)
               for name, value in model.state_dict().items() if 'running' not in name
               and 'num_batches' not in name and name.startswith(tuple(names(model, target)))}
    told = {new + name.removeprefix(old): value for old, new in names(model, target).items()
            for name, value in weights.items() if name.startswith(old)}
    backbone = copy.deepcopy(model.target.module if target else model.backbone)
    return oracle.Network(lambda view: backbone(view)[-1], told), backbone, weights


@EVERY
def test_losses_and_all_gradients_are_the_references(name: str) -> None:
    model = build(name)
    views = batch_of(model)
    ours = model.loss(views)
    total(ours).backward()

    online, backbone, weights = network(model, target=False)
    target, _, _ = network(model, target=True)
    head = model.semantic_head
    theirs = oracle.losses(online, target, views, model.pairs,
                           **({} if head is None else {'weight': head.loss_weight,
                                                       'margin': head.margin}))
    assert {key: loss.item() for key, loss in ours.items()} == pytest.approx(
        {key: loss.item() for key, loss in theirs.items()}, abs=1e-6)
    total(theirs).backward()
    expected = {**weights, **{f'backbone.{key}': each for key, each in
                              backbone.named_parameters()}}
    trained = {key: each for key, each in model.named_parameters() if each.requires_grad}
    assert trained.keys() == expected.keys()
    for key, each in trained.items():
        torch.testing.assert_close(each.grad, expected[key].grad, rtol=1e-6, atol=1e-9, msg=key)
    assert sum(bool(each.grad.abs().max() > 1e-4) for each in trained.values()) > len(trained) / 2


def test_there_are_one_projector_and_three_predictors() -> None:
    """Among the parameters, which an optimizer steps, and in a checkpoint."""
    model = build('scd')
    for keys in (dict(model.named_parameters()), model.state_dict()):
        owners = Counter('.'.join(key.split('.')[1:3]) for key in keys
                         if key.startswith('heads.') and key.endswith('0.weight'))
        assert owners == {f'global.{part}': 1 for part in ('projector', 'predictor')} | {
            'global.target_projector': 1, 'inter.predictor': 1, 'intra.predictor': 1}
    followed = [part.online for part in model.modules() if isinstance(part, EMACopy)]
    semantic = model.semantic_head
    assert len(followed) == 4
    assert {*map(id, followed)} == {*map(id, (
        model.backbone, model.heads['inter'].projector, semantic.projector, semantic.saliency))}


def test_a_view_is_projected_once_by_each_network() -> None:
    """Whatever the target says of it to however many branches."""
    model, seen = build('six'), Counter()
    head = model.heads['intra']
    head.projector.register_forward_hook(lambda *_: seen.update(['online']))
    head.target_projector.module.register_forward_hook(lambda *_: seen.update(['target']))
    model.loss(batch_of(model))
    assert seen == {'online': 6, 'target': 6}


def test_a_branch_trains_its_own_predictor() -> None:
    for branch in ('global', 'inter', 'intra'):
        model = build('six')
        model.loss(batch_of(model))[f'loss_{branch}'].backward()
        trained = {name for name, head in model.heads.items()
                   if any(p.grad is not None for p in head.predictor.parameters())}
        assert trained == {branch}
        assert all(p.grad is not None for p in model.heads['global'].projector.parameters())


def test_the_first_stage_is_the_global_branch_of_the_third() -> None:
    first, third = build('stage1'), build('six')
    third.load_state_dict(first.state_dict(), strict=False)
    assert {*third.state_dict()} - {*first.state_dict()} == {
        key for key in third.state_dict() if key.startswith(('heads.inter', 'heads.intra'))}
    views = batch_of(third)
    [alone] = first.loss(views[:2]).values()
    assert third.loss(views)['loss_global'].item() == pytest.approx(alone.item(), abs=1e-9)


def test_scd_orl_of_lambda_0_is_orl() -> None:
    """In its losses and in all that it holds."""
    plain = build('six')
    none = build('six', semantic_head={**DISCRIMINATION, 'loss_weight': 0.0})
    assert none.semantic_head is None
    assert [*none.state_dict()] == [*plain.state_dict()]
    none.load_state_dict(plain.state_dict())
    views = batch_of(plain)
    assert {key: loss.item() for key, loss in none.loss(views).items()} == {
        key: loss.item() for key, loss in plain.loss(views).items()}


def test_scd_orl_adds_to_orl_and_changes_none_of_its_losses() -> None:
    both, plain = build('scd'), build('six')
    missing, _ = plain.load_state_dict(both.state_dict(), strict=False)
    assert not missing
    views = batch_of(both)
    losses = both.loss(views)
    assert losses.pop('loss_discrimination').item() > 0
    assert {key: loss.item() for key, loss in losses.items()} == pytest.approx(
        {key: loss.item() for key, loss in plain.loss(views).items()}, abs=1e-9)


def test_whole_views_are_projected_for_a_look_at_their_health() -> None:
    model = build('six')
    view = batch_of(model)[0]
    online, _, _ = network(model, target=False)
    torch.testing.assert_close(model.project_view(view, model.backbone(view)),
                               online.projections(view), rtol=1e-9, atol=1e-9)


def test_views_have_sides_of_their_own() -> None:
    """Whole views and patches of a batch, which the forms' views have, too."""
    assert len({*SIDES}) == 2
    assert [view.shape[-1] for view in batch_of(build('six'))] == [*SIDES]


@pytest.mark.parametrize('pairs', [((0, 2), (2, 0)), ((1, 2),), ((6, 7), (7, 6))])
def test_pairs_across_branches_are_refused(pairs: tuple) -> None:
    with refused('0 and 1 (global)', '4 and 5 (intra)', str(SIX_VIEWS), f'got {pairs}'):
        orl(pairs=pairs)


def test_another_head_is_refused() -> None:
    with refused('a PredictiveHead belongs here, and ContrastiveHead is none'):
        orl(head=MOCO)
    with refused('a SemanticHead belongs here, and PredictiveHead is none'):
        orl(semantic_head=HEAD)


def test_missing_views_are_refused() -> None:
    model = build('six')
    with refused('pairs name view 5', '4 views', '`views.each`'):
        model.loss(batch_of(model)[:4])
