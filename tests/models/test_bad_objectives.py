"""A wrong argument of RegionCL, SCD or their heads is refused in one sentence that names it."""
from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.models import (
    SCD,
    ContrastiveHead,
    DenseContrastiveHead,
    InBatchContrastiveHead,
    PredictiveHead,
    RegionCL,
    SemanticHead,
)
from oadp_mm.ops.regions import random_region
from tests.models.test_bad_input import refused

NAN, INF = float('nan'), float('inf')
MLP = {'hidden_channels': 8, 'out_channels': 4}
CONTRASTIVE = {'type': 'oadp_mm.ContrastiveHead', 'projector': {**MLP, 'norm': False},
               'queue_length': 8}
DENSE = {**CONTRASTIVE, 'type': 'oadp_mm.DenseContrastiveHead'}
PREDICTIVE = {'type': 'oadp_mm.PredictiveHead', **MLP}
BATCH = 3


def settings(**changes) -> dict:
    return {'backbone': {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 8,
                         'base_channels': 8},
            'data_preprocessor': {'type': 'mmpretrain.SelfSupDataPreprocessor'},
            'head': CONTRASTIVE, **changes}


def regioncl(**changes) -> RegionCL:
    return RegionCL(**settings(**{'region': (1, 2), **changes}))


def scd(**changes) -> SCD:
    semantic = {'type': 'oadp_mm.SemanticHead', 'projector': MLP, **changes.pop('semantic', {})}
    return SCD(**settings(semantic_head=semantic, **changes))


def views(height: int, width: int | None = None, batch: int = BATCH) -> list[Tensor]:
    return list(torch.randn(2, batch, 3, height, width or height))


@pytest.mark.parametrize(('changes', 'words'), [
    *[({'region': region}, ('region', '1 <= low <= high', region))
      for region in ((0, 3), (5, 3), (-2, 3), (1.0, 2), (3,), (1, 2, 3), 3)],
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


def test_discrimination_of_nothing() -> None:
    nothing = {'foreground': False, 'background': False}
    with refused('foreground', 'background', 'loss_weight=0'):
        scd(semantic=nothing)
    assert scd(semantic={**nothing, 'loss_weight': 0}).loss(views(64)).keys() == {
        'loss_consistency'}


@pytest.mark.parametrize('build', [regioncl, scd])
def test_a_queue_shorter_than_the_batch(build) -> None:
    """At the first loss, and not when the queue comes around."""
    model = build(head={**CONTRASTIVE, 'queue_length': BATCH - 1})
    with refused(f'queue of {BATCH - 1}', f'batch of {BATCH} keys', 'queue_length'):
        model.loss(views(96))
    build(head={**CONTRASTIVE, 'queue_length': BATCH}).loss(views(96))


def test_a_dense_queue_shorter_than_the_batch() -> None:
    with refused('queue of 1', f'batch of {BATCH} keys', 'queue_length'):
        regioncl(dense_head={**DENSE, 'queue_length': 1}).loss(views(96))


@pytest.mark.parametrize(('changes', 'size', 'words'), [
    # The default stride: 96 pixels are 3 cells, 128 are 4.
    ({'region': (3, 5)}, (96,), ('3..5 cells', '3x3', 'lower the bounds')),
    ({'region': (1, 4)}, (96,), ('1..4 cells', '3x3')),
    ({'region': (4, 4)}, (96, 128), ('4..4 cells', '3x4')),
    ({'region': (3, 3)}, (96,), ('3..3 cells', '3x3', 'canvas')),  # nothing but the whole map
    ({'stride': 96, 'region': (1, 1)}, (96,), ('1..1 cells', '1x1', 'canvas')),
    ({'stride': 36}, (96,), ('96x96', '36 pixels', 'multiples of `stride`')),
    ({}, (100,), ('100x100', '32 pixels', 'multiples of `stride`')),
    ({}, (96, 100), ('96x100', '32 pixels')),
    # The cells are there, but the last map is of another stride.
    ({'stride': 16}, (96,), ('3x3', '6x6 cells', 'stride')),
    ({'stride': 48, 'region': (1, 1)}, (96,), ('3x3', '2x2 cells', 'stride')),
], ids=str)
def test_regions_that_the_views_have_no_place_for(changes: dict, size: tuple, words: tuple) -> None:
    with refused(*words):
        regioncl(**changes).loss(views(*size))


@pytest.mark.parametrize(('size', 'region', 'strides', 'shape'), [
    ((64,), (1, 1), (1, 2, 2, 2), (2, 2)),
    ((96,), (1, 2), (1, 2, 2, 2), (3, 3)),
    ((96,), (1, 3), (1, 2, 2, 2), (3, 3)),  # the whole map is drawn again
    ((128,), (1, 3), (1, 2, 2, 2), (4, 4)),
    ((96, 128), (2, 3), (1, 2, 2, 2), (3, 4)),
    ((448,), (3, 5), (1, 2, 2, 2), (14, 14)),
    ((224,), (3, 5), (1, 2, 2, 1), (14, 14)),  # 2x2 positions a cell
], ids=str)
def test_maps_that_are_not_7x7(size: tuple, region: tuple, strides: tuple, shape: tuple) -> None:
    """Composites of equal images are these images: both averages make up the sum of their map."""
    model = regioncl(region=region, backbone={**settings()['backbone'], 'strides': strides})
    model.eval()  # running statistics: an image's map does not depend on its batch
    image = torch.randn(1, 3, size[0], size[-1])
    with torch.no_grad():
        whole = model.backbone(image)[-1]
    assert whole.shape[2:] == shape
    grid = (size[0] // 32, size[-1] // 32)
    for seed in range(5):
        torch.manual_seed(seed)
        drawn = random_region(grid, region)
        torch.manual_seed(seed)
        with torch.no_grad():
            paste, canvas, source = model.region_features(image.expand(2, -1, -1, -1))
        share = drawn.height * drawn.width / math.prod(grid)
        assert source.tolist() == [1, 0]
        for row in (0, 1):
            np.testing.assert_allclose(share * paste[row] + (1 - share) * canvas[row],
                                       whole.mean((0, 2, 3)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize('build', [regioncl, scd])
def test_losses_of_a_14x14_map(build) -> None:
    losses = build(**{'region': (3, 5)} if build is regioncl else {}).loss(views(448, batch=2))
    assert len(losses) == 2 and all(loss.isfinite() for loss in losses.values())


def vit(out_type: str) -> dict:
    arch = {'embed_dims': 8, 'num_layers': 1, 'num_heads': 2, 'feedforward_channels': 16}
    return {'type': 'mmpretrain.VisionTransformer', 'arch': arch, 'img_size': 224,
            'patch_size': 16, 'out_type': out_type}


@pytest.mark.usefixtures('unchecked')
class TestTransformers:
    @pytest.mark.parametrize('build', [regioncl, scd])
    @pytest.mark.parametrize('out_type', ['cls_token', 'avg_featmap'])
    def test_a_vector_an_image(self, build, out_type: str) -> None:
        with refused(f'{(BATCH, 8)}', 'no map', "out_type='raw'"):
            build(backbone=vit(out_type)).loss(views(224))

    def test_tokens_without_a_class_token(self) -> None:
        """14 x 14 = 196 patches; 195 others are no square."""
        with refused('196 tokens', "out_type='raw'"):
            regioncl(backbone={**vit('raw'), 'with_cls_token': False}).loss(views(224))

    @pytest.mark.parametrize('out_type', ['raw', 'featmap'])
    def test_tokens_and_maps_are_accepted(self, out_type: str) -> None:
        losses = regioncl(backbone=vit(out_type)).loss(views(224))
        assert all(loss.isfinite() for loss in losses.values())


@pytest.mark.parametrize('build', [regioncl, scd])
def test_a_batch_of_one(build) -> None:
    with refused('batch of 1', 'batch_size'):
        build().loss(views(96, batch=1))


def test_one_image_has_no_other_to_swap_with() -> None:
    with refused('swapping regions', 'at least 2 images', 1):
        regioncl().eval().loss(views(96, batch=1))


@pytest.mark.parametrize(('changes', 'words'), [
    ({'head': 'DenseContrastiveHead'}, 'describes maps'),
    ({'dense_head': 'ContrastiveHead'}, 'describes feature rows'),
])
def test_heads_of_maps_and_of_rows_are_told_apart(changes: dict, words: str) -> None:
    heads = {name: CONTRASTIVE if kind == 'ContrastiveHead' else DENSE
             for name, kind in changes.items()}
    with pytest.raises(ValueError, match=words):
        regioncl(**heads)
