"""A wrong argument of an algorithm's objective is refused in one sentence that names it.

Batches and maps that they cannot use: test_bad_views.py.
"""
from __future__ import annotations

import pytest
import torch
from torch import Tensor

from oadp_mm.models import (
    OADP,
    SCD,
    ContrastiveHead,
    DenseContrastiveHead,
    InBatchContrastiveHead,
    PredictiveHead,
    RegionCL,
    SemanticHead,
)
from tests.models.test_bad_input import refused

NAN, INF = float('nan'), float('inf')
MLP = {'hidden_channels': 8, 'out_channels': 4}
CONTRASTIVE = {'type': 'oadp_mm.ContrastiveHead', 'projector': {**MLP, 'norm': False},
               'queue_length': 8}
DENSE = {**CONTRASTIVE, 'type': 'oadp_mm.DenseContrastiveHead'}
PREDICTIVE = {'type': 'oadp_mm.PredictiveHead', **MLP}
SEMANTIC = {'type': 'oadp_mm.SemanticHead', 'projector': MLP}
BATCH = 3


def settings(**changes) -> dict:
    return {'backbone': {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 8,
                         'base_channels': 8},
            'data_preprocessor': {'type': 'mmpretrain.SelfSupDataPreprocessor'},
            'head': CONTRASTIVE, **changes}


def regioncl(**changes) -> RegionCL:
    return RegionCL(**settings(**{'region': (1, 2), **changes}))


def scd(**changes) -> SCD:
    return SCD(**settings(semantic_head={**SEMANTIC, **changes.pop('semantic', {})}, **changes))


def oadp(**changes) -> OADP:
    return OADP(**settings(selector={'type': 'oadp_mm.PatchSelector'}, **changes))


def views(height: int, width: int | None = None, batch: int = BATCH) -> list[Tensor]:
    return list(torch.randn(2, batch, 3, height, width or height))


@pytest.mark.parametrize(('changes', 'words'), [
    *[({'region': region}, ('region', '1 <= low <= high', region))
      for region in ((0, 3), (5, 3), (-2, 3), (1.0, 2), (3,), (1, 2, 3), 3)],
    ({'placement': 'code'}, ('placement', "'released'", "'code'")),
    ({'stride': 0}, ('stride', 'at least 1', 0)),
    ({'stride': -32}, ('stride', 'at least 1', -32)),
    ({'stride': 32.0}, ('stride', 'integer', 32.0)),
    ({'region_weight': -1.0}, ('region_weight', -1.0)),
    ({'region_weight': NAN}, ('region_weight', 'nan')),
    ({'region_weight': INF}, ('region_weight', 'inf')),
    ({'paste': False, 'canvas': False}, ('paste', 'canvas', 'region_weight=0')),
    ({'swap': False}, ('negative=True', 'without swapping', 'negative=False')),
    ({'head': PREDICTIVE}, ('negative=True', 'PredictiveHead', 'negative=False')),
    ({'ema_decay': 1.5}, ('ema_decay', '[0, 1]', 1.5)),
    ({'final_ema_decay': -0.1}, ('final_ema_decay', '[0, 1]', -0.1)),
    ({'head': {**CONTRASTIVE, 'queue_length': 0}}, ('queue', 'at least 1', 0)),
    ({'dense_head': {**DENSE, 'temperature': 0}}, ('temperature', 0)),
    ({'head': {**CONTRASTIVE, 'loss_weight': 0}}, ('ContrastiveHead', 'train nothing', 'above 0')),
    ({'dense_head': {**DENSE, 'loss_weight': 0}}, ('DenseContrastiveHead', 'train nothing')),
], ids=str)
@pytest.mark.usefixtures('unchecked')
def test_regioncl(changes: dict, words: tuple) -> None:
    with refused(*words):
        regioncl(**changes)


@pytest.mark.parametrize('changes', [
    {'region_weight': 0, 'paste': False, 'canvas': False},
    {'region_weight': 0, 'head': PREDICTIVE},
    {'negative': False, 'swap': False},
    {'negative': False, 'head': PREDICTIVE, 'ema_decay': None},
], ids=str)
def test_switches_as_the_messages_advise_them(changes: dict) -> None:
    losses = regioncl(**changes).loss(views(96))
    assert ('loss_region' in losses) == (changes.get('region_weight') != 0)
    assert all(loss.isfinite() for loss in losses.values())


@pytest.mark.parametrize('kind', [ContrastiveHead, DenseContrastiveHead, InBatchContrastiveHead])
@pytest.mark.parametrize('temperature', [0, -0.2, NAN, INF], ids=str)
def test_temperatures(kind: type, temperature: float) -> None:
    with refused('temperature', 'positive finite', temperature):
        kind(8, MLP, temperature=temperature)


@pytest.mark.parametrize(('name', 'value', 'words'), [
    ('queue_length', 0, ('queue', 'at least 1', 0)),
    ('queue_length', -5, ('queue', 'at least 1', -5)),
    ('queue_length', 1e4, ('queue', 'integers', 1e4)),
    ('queues', 0, ('queues must be 1, or 2', 0)),
    ('queues', 3, ('queues must be 1, or 2', 3)),
], ids=str)
@pytest.mark.usefixtures('unchecked')
def test_queues(name: str, value: float, words: tuple) -> None:
    with refused(*words):
        ContrastiveHead(8, MLP, **{name: value})


@pytest.mark.parametrize('kind', [ContrastiveHead, DenseContrastiveHead, InBatchContrastiveHead,
                                  SemanticHead])
class TestEveryHead:
    @pytest.mark.parametrize('weight', [-0.5, NAN, INF], ids=str)
    def test_weights(self, kind: type, weight: float) -> None:
        with refused('loss_weight', 'finite', weight):
            kind(8, MLP, loss_weight=weight)

    def test_unknown_options(self, kind: type) -> None:
        with refused('projector', 'last_bias', 'activation'):
            kind(8, {**MLP, 'activation': 'GELU'})
        with refused('predictor', 'last_bias', 'activation'):
            kind(8, MLP, {**MLP, 'activation': 'GELU'})

    @pytest.mark.parametrize('width', MLP)
    def test_missing_widths(self, kind: type, width: str) -> None:
        given = {name: value for name, value in MLP.items() if name != width}
        with refused('projector needs hidden_channels and out_channels', *given):
            kind(8, given)
        with refused('projector', 'none'):
            kind(8, {})
        with refused('predictor needs hidden_channels', 'layers'):
            kind(8, MLP, {'layers': 2})

    @pytest.mark.parametrize('options', [{'layers': 0}, {'out_channels': 0},
                                         {'hidden_channels': -1}], ids=str)
    def test_sizes(self, kind: type, options: dict) -> None:
        with refused('at least 1', *options.values()):
            kind(8, {**MLP, **options})


def test_the_predictive_head() -> None:
    with refused('loss_weight', 'finite', -0.5):
        PredictiveHead(8, loss_weight=-0.5)
    with refused('projector', 'last_bias', 'activation'):
        PredictiveHead(8, projector={'activation': 'GELU'})
    with refused('predictor', 'last_bias', 'activation'):
        PredictiveHead(8, predictor={'activation': 'GELU'})


@pytest.mark.parametrize('margin', [-0.1, 2.1, NAN, INF], ids=str)
def test_margins(margin: float) -> None:
    with refused('margin', 'between 0 and 2', margin):
        scd(semantic={'margin': margin})


def test_heads_that_train_nothing() -> None:
    weightless = {**PREDICTIVE, 'loss_weight': 0}
    for build in (oadp, scd):
        with refused('PredictiveHead', 'train nothing', 'loss_weight=0', 'above 0'):
            build(head=weightless)


def test_discrimination_of_nothing() -> None:
    nothing = {'foreground': False, 'background': False}
    with refused('foreground', 'background', 'loss_weight=0'):
        scd(semantic=nothing)
    assert scd(semantic={**nothing, 'loss_weight': 0}).loss(views(64)).keys() == {
        'loss_consistency'}


@pytest.mark.parametrize(('build', 'changes', 'given', 'belongs'), [
    (oadp, {'head': CONTRASTIVE}, 'ContrastiveHead', 'PredictiveHead'),
    (oadp, {'head': DENSE}, 'DenseContrastiveHead', 'PredictiveHead'),
    (oadp, {'head': SEMANTIC}, 'SemanticHead', 'PredictiveHead'),
    (regioncl, {'head': DENSE}, 'DenseContrastiveHead', 'RowHead'),
    (regioncl, {'head': SEMANTIC}, 'SemanticHead', 'RowHead'),
    (regioncl, {'dense_head': CONTRASTIVE}, 'ContrastiveHead', 'DenseContrastiveHead'),
    (regioncl, {'dense_head': SEMANTIC}, 'SemanticHead', 'DenseContrastiveHead'),
    (scd, {'head': DENSE}, 'DenseContrastiveHead', 'RowHead'),
    (scd, {'head': SEMANTIC}, 'SemanticHead', 'RowHead'),
    (scd, {'semantic': PREDICTIVE}, 'PredictiveHead', 'SemanticHead'),
    (scd, {'semantic': DENSE}, 'DenseContrastiveHead', 'SemanticHead'),
])
def test_heads_are_told_apart_by_type(build, changes: dict, given: str, belongs: str) -> None:
    with refused(f'a {belongs} belongs here', f'{given} is none', 'choose another type'):
        build(**changes)


@pytest.mark.parametrize('pairs', [
    (), ((0, 0),), ((0, 1), (0, 1)), ((0, -1),), ((0, 1, 2),), (0, 1), ((0, 1.5),), ((0, '1'),),
    ((True, False),)], ids=str)
@pytest.mark.parametrize('build', [regioncl, scd])
def test_pairs_that_are_none(build, pairs: tuple) -> None:
    with refused('pairs must name two different views', pairs):
        build(pairs=pairs)


@pytest.mark.parametrize('build', [regioncl, scd])
def test_pairs_with_a_view_that_is_not_there(build) -> None:
    with refused('pairs name view 2, counted from 0', 'a batch has 2 views', 'views.each'):
        build(pairs=((0, 1), (0, 2))).loss(views(96))
