"""RegionCL and SCD refuse batches and maps of no use in one sentence, and take the unusual ones."""
from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from oadp_mm.ops.regions import random_region
from tests.models.test_bad_input import refused
from tests.models.test_bad_objectives import (
    BATCH,
    CONTRASTIVE,
    DENSE,
    regioncl,
    scd,
    settings,
    views,
)


@pytest.mark.parametrize('build', [regioncl, scd])
def test_a_queue_shorter_than_the_batch(build) -> None:
    """At the first loss, and not when the queue comes around."""
    model = build(head={**CONTRASTIVE, 'queue_length': BATCH - 1})
    with refused(f'queue of {BATCH - 1}', f'batch of {BATCH} keys', 'queue_length'):
        model(views(96), mode='loss')
    build(head={**CONTRASTIVE, 'queue_length': BATCH})(views(96), mode='loss')


def test_a_dense_queue_shorter_than_the_batch() -> None:
    with refused('queue of 1', f'batch of {BATCH} keys', 'queue_length'):
        regioncl(dense_head={**DENSE, 'queue_length': 1})(views(96), mode='loss')


@pytest.mark.parametrize(('changes', 'size', 'words'), [
    # The default stride: 96 pixels are 3 cells, 128 are 4.
    ({'region': (3, 5)}, (96,), ('3..5 cells', '3x3', 'set region=(1, 2)')),
    ({'region': (1, 4)}, (96,), ('1..4 cells', '3x3')),
    ({'region': (3, 5)}, (128,), ('3..5 cells', '4x4', 'set region=(1, 3)')),
    ({'region': (1, 1)}, (32,), ('1x1', 'around them: enlarge the views')),
    ({'region': (4, 4)}, (96, 128), ('4..4 cells', '3x4')),
    ({'region': (3, 3)}, (96,), ('3..3 cells', '3x3', 'canvas')),  # nothing but the whole map
    ({'stride': 96, 'region': (1, 1)}, (96,), ('1..1 cells', '1x1', 'canvas')),
    ({'stride': 36}, (96,), ('96x96', '36 pixels', 'multiples of `stride`')),
    ({}, (100,), ('100x100', '32 pixels', 'multiples of `stride`', 'views.crop.scale=96')),
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


def test_one_image_has_no_other_to_swap_with() -> None:
    with refused('swapping regions', 'at least 2 images', 1):
        regioncl().eval().loss(views(96, batch=1))
