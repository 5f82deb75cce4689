"""SoCo against an independent reference of its loss, and what follows from eq. 1-6."""
from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from oadp_mm.models import SoCo
from oadp_mm.models.view_pairs import BOTH_WAYS
from oadp_mm.registry import MODELS
from tests.models import tiny_boxes
from tests.models.forms import changed
from tests.models.test_bad_input import refused
from tests.models.tiny_boxes import BOUNDS, FORMS, FPN, QUICK, TRUNK, K, soco
from tests.models.tiny_pairs import RESNET, photographs
from tests.oracles import soco as oracle

#: Beside the forms, those of Table 4 and boxes that all have a level.
MORE = {
    'average': {'backbone': QUICK, 'neck': None, 'box_head': None, 'bounds': None, 'roi_size': 3,
                'pairs': BOTH_WAYS},
    'pyramid-average': {**FPN, 'box_head': None, 'bounds': (0, 0, 1e4, 1e4), 'pairs': BOTH_WAYS},
    'trunk-on-c5': {'backbone': QUICK, 'neck': None, 'box_head': TRUNK, 'bounds': (60,),
                    'roi_size': 4, 'pairs': BOTH_WAYS},
    'one-way': {**FPN, 'pairs': ((1, 0), (0, 2))},
}
EVERY = pytest.mark.parametrize('name', [*FORMS, *MORE])


def build(name: str, **changes) -> SoCo:
    return soco(name, **changes) if name in FORMS else soco(**{**MORE[name], **changes})


def batch_of(model: SoCo) -> dict:
    return tiny_boxes.batch(model.pairs, photographs())


def network(model: SoCo, target: bool) -> tuple[oracle.Network, nn.Module, dict[str, Tensor]]:
    """The oracle's form of one of ours, its backbone and its weights, which share nothing."""
    state = {name: value.clone() for name, value in model.state_dict().items()}
    names = {'target_neck.module.': 'neck.', 'target_box_head.module.': 'box_head.',
             'head.target_projector.module.': 'projector.'} if target else {
        'neck.': 'neck.', 'box_head.': 'box_head.', 'head.projector.': 'projector.',
        'head.predictor.': 'predictor.'}
    weights = {new + name.removeprefix(old): value.requires_grad_(not target)
               for old, new in names.items() for name, value in state.items()
               if name.startswith(old) and value.is_floating_point()}
    prefix = 'target.module.' if target else 'backbone.'
    own = {name.removeprefix(prefix): value for name, value in state.items()
           if name.startswith(prefix)}
    if not model.on_c4:
        backbone = copy.deepcopy(model.target.module if target else model.backbone)
        return oracle.Network(backbone, weights), backbone, weights
    backbone = MODELS.build({**RESNET, 'out_indices': (2,)}).double()
    backbone.train()  # the host's returns nothing here
    backbone.load_state_dict(own)  # a plain ResNet's keys, all of them
    return oracle.Network(backbone, weights, backbone.layer4), backbone, weights


@EVERY
def test_loss_and_all_gradients_are_the_references(name: str) -> None:
    model = build(name)
    data = batch_of(model)
    loss = model.loss(**data)['loss_boxes']
    loss.backward()

    online, backbone, weights = network(model, target=False)
    target, _, _ = network(model, target=True)
    reference = oracle.loss(
        online, target, data['inputs'], data['boxes'], data['box_weights'], model.pairs,
        bounds=model.bounds, size=model.roi_size, all_levels=model.all_levels)
    assert loss.item() == pytest.approx(reference.item(), abs=1e-6)
    reference.backward()
    expected = {f'backbone.{key}': each.grad for key, each in backbone.named_parameters()}
    expected |= {key if key.startswith(('neck', 'box_head')) else f'head.{key}': each.grad
                 for key, each in weights.items() if 'running' not in key}
    trained = {key: each.grad for key, each in model.named_parameters() if each.requires_grad}
    assert trained.keys() == expected.keys()
    for key, gradient in trained.items():
        # A level without a box has no gradient there, and zeros here.
        wanted = torch.zeros_like(gradient) if expected[key] is None else expected[key]
        torch.testing.assert_close(gradient, wanted, rtol=1e-5, atol=1e-7, msg=key)
    assert sum(bool(gradient.abs().max() > 1e-6) for gradient in trained.values()) > (
        len(trained) / 2)


@pytest.mark.parametrize('name', FORMS)
def test_the_batch_has_what_can_go_wrong(name: str) -> None:
    """Or the reference would show little: several levels, other ones in the other view, boxes
    without a level, padding, an image without a box.
    """
    data, bounds = batch_of(build(name)), build(name).bounds
    levels = [[oracle.level_of(box, bounds) for box in view.flatten(0, -2).tolist()]
              for view in data['boxes'].unbind(2)]
    if len(bounds) > 1:
        assert {*levels[0], *levels[1]} >= {0, 1, 2, None}
        assert sum(a != b for a, b in zip(*levels, strict=True)) > 3
    counts = data['box_weights'].sum(2)
    assert {0, 2, K} <= set(counts.flatten().tolist())


def frozen(name: str = 'fpn', **changes) -> SoCo:
    """With running statistics in the norms, so that a box's row depends on nothing but the box."""
    return build(name, **changes).eval()


def loss_of(model: SoCo, data: dict, **changes: Tensor) -> float:
    with torch.no_grad():
        return model.loss(**{**data, **changes})['loss_boxes'].item()


@EVERY
def test_the_order_of_boxes_is_free(name: str) -> None:
    model = build(name)
    data = batch_of(model)
    order = torch.tensor([2, 0, 3, 1])
    permuted = {'boxes': data['boxes'][..., order, :],
                'box_weights': data['box_weights'][..., order]}
    assert loss_of(model, data, **permuted) == pytest.approx(loss_of(model, data), abs=1e-6)


@pytest.mark.parametrize('name', FORMS)
def test_padding_counts_nothing(name: str) -> None:
    """With weight 0, whatever its coordinates are; three boxes of which one is padding are two."""
    model = frozen(name)
    data = batch_of(model)
    data['box_weights'][..., 2:] = 0
    two = {'boxes': data['boxes'][..., :2, :], 'box_weights': data['box_weights'][..., :2]}
    assert loss_of(model, data) == pytest.approx(loss_of(model, data, **two), abs=1e-6)
    counted = loss_of(model, data, box_weights=torch.ones_like(data['box_weights']))
    assert abs(counted - loss_of(model, data)) > 1e-3


def test_an_image_without_a_match_stays_in_the_mean() -> None:
    """The others' losses are divided by all images; the boxes of image 1 have no level."""
    model = frozen()
    data = batch_of(model)
    data['box_weights'].fill_(1)
    alone = []
    for image in range(4):
        weights = torch.zeros_like(data['box_weights'])
        weights[image] = 1
        alone.append(loss_of(model, data, box_weights=weights))
    assert alone[1] == 0 < 1e-2 < min(alone[:1] + alone[2:])
    assert loss_of(model, data) == pytest.approx(sum(alone), abs=1e-6)
    one = changed(data, lambda each: each[:1])
    assert alone[0] == pytest.approx(loss_of(model, one) / 4, abs=1e-6)


def test_no_match_at_all_is_a_loss_of_0_with_gradients_of_0() -> None:
    model = build('fpn')
    data = batch_of(model)
    data['box_weights'].zero_()
    loss = model.loss(**data)['loss_boxes']
    loss.backward()
    assert loss == 0
    assert all(not p.grad.any() for p in model.parameters() if p.requires_grad)


def test_a_box_without_a_level_in_one_view_is_no_match() -> None:
    """As if its weight were 0, in both directions; in the other view it has a level."""
    model = frozen()
    data = batch_of(model)
    data['box_weights'].fill_(1)
    for side in (0, 1):
        boxes, weights = data['boxes'].clone(), data['box_weights'].clone()
        boxes[:, 0, side, 1] = torch.tensor([0.0, 0, 120, 120])  # sides of more than 110
        weights[:, 0, 1] = 0
        assert loss_of(model, data, boxes=boxes) == pytest.approx(
            loss_of(model, data, boxes=boxes, box_weights=weights), abs=1e-6)


def test_all_levels_differ_from_the_assigned_one_by_the_norms_alone() -> None:
    """A box's row is the same if the norms' statistics do not depend on the other boxes (S-5)."""
    difference = {}
    for make in (frozen, build):
        assigned, every = make('fpn'), make('fpn', all_levels=True)
        data = batch_of(assigned)
        difference[make] = abs(loss_of(every, data) - loss_of(assigned, data))
    assert difference[frozen] < 1e-6 < 1e-4 < difference[build]


def test_bounds_send_all_boxes_to_one_level() -> None:
    """(0, 0, 1e4, 1e4) is Table 4 without scale-aware assignment: P4's weights alone matter."""
    model = frozen(bounds=(0, 0, 1e4, 1e4))
    data = batch_of(model)
    loss = model.loss(**data)['loss_boxes']
    loss.backward()
    for level, convolution in enumerate(model.neck.fpn_convs):
        assert bool(convolution.conv.weight.grad.any()) == (level == 2)


def test_by_default_a_pyramid_has_the_papers_bounds_and_a_single_map_none() -> None:
    assert build('fpn', bounds=None).bounds == (48, 96, 192, 224)
    assert build('c4').bounds == (float('inf'),)
    assert BOUNDS != (48, 96, 192, 224)


def test_layer4_sees_boxes_and_no_view() -> None:
    """C4's keys are a whole ResNet's, and its last stage has run once for each pair and side."""
    model = build('c4')
    seen = []
    for stage in (model.backbone.layer4, model.target.module.layer4):
        stage.register_forward_pre_hook(lambda _, args: seen.append(tuple(args[0].shape)))
    model.loss(**batch_of(model))
    assert seen == [(4 * K, 64, 8, 8)] * 4
    plain = MODELS.build(RESNET)
    assert model.backbone.state_dict().keys() == plain.state_dict().keys()
    assert model.head.in_channels == 128


def test_a_resnet_starts_as_the_references_does() -> None:
    """By fan-out from a normal distribution, and with residual branches that give nothing."""
    model = SoCo(**{**FORMS['c4'], 'head': tiny_boxes.BYOL,
                    'data_preprocessor': tiny_boxes.PREPROCESSOR})
    model.init_weights()
    weight = model.backbone.layer4[1].conv2.weight
    assert weight.std().item() == pytest.approx((2 / (9 * 128)) ** 0.5, rel=0.02)
    assert not model.backbone.layer4[1].norm2.weight.any()


@EVERY
def test_a_whole_view_is_projected_as_a_box_of_its_size(name: str) -> None:
    """What a training looks at to see whether its projections collapse."""
    model = build(name)
    view = batch_of(model)['inputs'][1]
    online, _, weights = network(model, target=False)
    for key in [key for key in weights if key.startswith('predictor')]:
        del weights[key]
    boxes = torch.tensor([0.0, 0, 128, 128]).expand(len(view), 1, 4)
    rows, _ = oracle.see(online, view, boxes, bounds=model.bounds, size=model.roi_size,
                         all_levels=model.all_levels)
    torch.testing.assert_close(model.project_view(view, model.backbone(view)),
                               torch.stack(list(rows.values())), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(('changes', 'words'), [
    ({'box_head': 'layer5'}, ("'layer4'", "got 'layer5'")),
    ({'box_head': 'layer4'}, ("box_head='layer4'", 'leave one of them out')),
    ({'neck': None, 'box_head': 'layer4'}, ('FourConvolutions', 'choose another backbone')),
    ({'roi_size': 0}, ('at least 1, got 0',)),
    ({'ema_decay': None}, ('ema_decay is None', '0.99')),
    ({'pairs': ((0, 1), (1, 2))}, ('view 0 with views 1, 2', '[(0, 1), (1, 2)]', '(0, 2), (2, 0)')),
    ({'pairs': ((0, 2), (2, 0))}, ('[(0, 2)]',)),
    ({'pairs': ((1, 2), (2, 1))}, ('[(1, 2)]',)),
    ({'bounds': (1, 2)}, ('there are 4', 'got (1, 2)')),
    ({'bounds': (1, 3, 2, 4)}, ('ascending', 'got (1, 3, 2, 4)')),
    ({'head': {'type': 'oadp_mm.ContrastiveHead', 'projector': {}}}, ()),
], ids=str)
def test_options_that_contradict_each_other_are_refused(changes: dict, words: tuple) -> None:
    with refused(*words):
        build('fpn', **changes)


def test_boxes_of_other_pairs_are_refused() -> None:
    model = build('fpn')
    data = batch_of(model)
    one_pair = {key: data[key][:, :1] for key in ('boxes', 'box_weights')}
    with refused('boxes of 1 pairs', '[(0, 1), (0, 2)]', '`model.pairs`', '`views.each`'):
        model.loss(**{**data, **one_pair})
    with refused('(b, p, 2, k, 4)', '(4, 2, 3)'):
        model.loss(**{**data, 'box_weights': data['box_weights'][..., :3]})
    with refused('no boxes', '`proposals`', '`views.boxes`'):
        model.loss(data['inputs'])
    with refused('k of at least 1', '(4, 2, 2, 0, 4)'):
        model.loss(data['inputs'], boxes=data['boxes'][..., :0, :],
                   box_weights=data['box_weights'][..., :0])


@pytest.mark.usefixtures('unchecked')
def test_views_smaller_than_the_bins_are_refused() -> None:
    model = build('fpn')
    data = batch_of(model)
    data['inputs'][2] = data['inputs'][2][..., :24, :24]
    with refused('views of 24x24', '6x6', '7x7', 'model.roi_size'):
        model.loss(**data)
