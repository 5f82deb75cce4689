from __future__ import annotations

import pytest

from oadp_mm.journey.lengths import anchor_scale, size_for, steps_for


# 24 passes over 117,266 images of 4 a step, 30 over 10,582 of 16 (mmseg's 20k on VOC).
@pytest.mark.parametrize(('host', 'images', 'batch', 'steps'), [
    ('mmdet', 16, 4, 300), ('mmdet', 544, 4, 3264), ('mmdet', 117266, 4, 703596),
    ('mmseg', 10582, 16, 19842), ('mmseg', 8, 8, 300), ('mmdet', 101, 8, 303)])
def test_steps_are_passes_over_the_labels(host, images, batch, steps):
    assert steps_for(host, images, batch) == steps


@pytest.mark.parametrize(('side', 'size'), [
    (160, 160), (191, 160), (40, 96), (480, 480), (3000, 800)])
def test_the_size_is_the_datas_own_within_bounds(side, size):
    assert size_for(side) == size


@pytest.mark.parametrize(('side', 'scale'), [
    (0, 1), (5, 1), (8, 2), (15.9, 2), (16, 4), (31, 4), (32, 8), (400, 8)])
def test_the_finest_anchors_are_no_larger_than_the_median_object(side, scale):
    assert anchor_scale(side) == scale
