from __future__ import annotations

import copy
import math
import pickle

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import pseudo_collate
from scipy import stats
from torch.utils.data import DataLoader
from torchvision.transforms import RandomResizedCrop

from oadp_mm.datasets import ImageFolder
from oadp_mm.datasets.transforms import DynamicRandomResizedCrop
from oadp_mm.ops.schedules import dynamic_scale
from oadp_mm.registry import TRANSFORMS


def ramp(height, width):
    """Each pixel holds its own (row, column)."""
    rows, columns = np.mgrid[:height, :width]
    return np.dstack([rows, columns, np.zeros_like(rows)]).astype(np.uint8)


def rectangles(crop, height, width, count):
    """(height, width, top, left) of random crops."""
    image = ramp(height, width)
    windows = [crop({'img': image})['window'] for _ in range(count)]
    return np.array([(window.height, window.width, window.top, window.left) for window in windows])


@pytest.mark.parametrize(('height', 'width', 'scale'), [
    (200, 240, (0.1, 0.6)), (200, 240, (0.3, 1.0)), (60, 200, (0.3, 1.0)),
])
def test_rectangles_are_distributed_as_torchvision_s(height, width, scale):
    # Two-sample Kolmogorov-Smirnov of all four numbers; in the last case a third is the fallback.
    count = 3000
    ours = rectangles(DynamicRandomResizedCrop(8, scale), height, width, count)
    image = torch.zeros(1, height, width)
    theirs = np.array([RandomResizedCrop.get_params(image, list(scale), [3 / 4, 4 / 3])
                       for _ in range(count)])[:, [2, 3, 0, 1]]
    for mine, reference in zip(ours.T, theirs.T, strict=True):
        assert stats.ks_2samp(mine, reference).pvalue > 1e-3
    assert stats.ks_2samp(ours[:, 0] * ours[:, 1], theirs[:, 2] * theirs[:, 3]).pvalue < 1e-3


@pytest.mark.parametrize(('height', 'width'), [(5, 1000), (1000, 5), (1, 1), (1, 9), (5, 7)])
def test_thin_and_tiny_images_give_full_views(height, width):
    image = np.full((height, width, 3), 77, np.uint8)
    for _ in range(20):
        results = DynamicRandomResizedCrop((32, 48))({'img': image})
        np.testing.assert_array_equal(results['img'], np.full((32, 48, 3), 77, np.uint8))
        assert results['img_shape'] == (32, 48)


def test_the_fallback_is_the_central_rectangle_of_the_nearest_ratio():
    # 30 x 150 cannot hold 90 % of its area at 4/3: torchvision then takes 30 x 40 at column 55.
    drawn = rectangles(DynamicRandomResizedCrop(8, (0.9, 0.9)), 30, 150, 5)
    np.testing.assert_array_equal(drawn, [[30, 40, 0, 55]] * 5)


@pytest.mark.parametrize('name', ['bilinear', 'bicubic'])
def test_the_view_is_the_window_s_by_the_named_interpolation(name):
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    results = DynamicRandomResizedCrop((16, 24), (0.3, 1.0), interpolation=name)({'img': image})
    np.testing.assert_array_equal(results['img'], results['window'].cut(image, name))


def test_the_range_follows_the_schedule():
    crop = TRANSFORMS.build({'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 8, 'start': 2,
                             'scale': [0.3, 1.0], 'shift': 'both', 'decay': 0.1})
    for epoch in (1, 3, 9):
        crop.set_epoch(epoch)
        fall = 0.1 * math.log(max(epoch - 2, 1))
        assert crop.current_scale == pytest.approx((0.3 - fall, 1 - fall))
        assert crop({'img': ramp(9, 9)})['crop_scale'] == crop.current_scale


@pytest.mark.parametrize('epochs', [1, 7, 12, 800])
def test_a_start_below_one_is_a_share_of_the_training(epochs):
    crop = DynamicRandomResizedCrop(8, (0.3, 1.0), 'both', start=0.5)
    assert crop.current_scale == (0.3, 1.0)  # before anybody knows how long it is
    crop.set_length(epochs)
    for epoch in range(1, epochs + 1):
        crop.set_epoch(epoch)
        assert crop.current_scale == dynamic_scale(
            epoch, scale=(0.3, 1.0), start=max(1, epochs // 2), shift='both')


def test_a_share_loses_no_epoch_to_rounding():
    crop = DynamicRandomResizedCrop(8, (0.3, 1.0), 'both', start=0.29)
    crop.set_length(100)
    for epoch, falls in ((30, False), (31, True)):  # ln 1 = 0 in the first epoch after the 29th
        crop.set_epoch(epoch)
        assert (crop.current_scale != (0.3, 1.0)) == falls


def test_without_shift_the_range_stays():
    crop = DynamicRandomResizedCrop(8, (0.2, 0.5))
    crop.set_epoch(10**6)
    assert crop.current_scale == (0.2, 0.5)


@pytest.mark.parametrize('duplicate', [copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])
def test_a_copy_is_in_shared_memory_too(duplicate):
    crop = DynamicRandomResizedCrop(8, shift='upper', start=1)
    crop.set_epoch(7)
    twin = duplicate(crop)
    assert twin._epoch.is_shared()
    assert twin.current_scale == crop.current_scale


@pytest.mark.integration
@pytest.mark.parametrize('start_method', ['fork', 'spawn'])
def test_persistent_workers_see_each_new_epoch(tmp_path, start_method):
    cv2.imwrite(str(tmp_path / 'a.png'), ramp(20, 20))
    rule = {'scale': (0.1, 0.9), 'start': 1, 'shift': 'upper'}
    data = ImageFolder([tmp_path] * 8, pipeline=[
        {'type': 'oadp_mm.LoadImage'},
        {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 8, **rule}])
    loader = DataLoader(data, batch_size=2, num_workers=2, persistent_workers=True,
                        collate_fn=pseudo_collate, multiprocessing_context=start_method)
    for epoch in (1, 5, 50, 3):
        data.pipeline.transforms[1].set_epoch(epoch)
        used = [tuple(scale) for batch in loader
                for scale in zip(*batch['crop_scale'], strict=True)]
        assert used == [dynamic_scale(epoch, **rule)] * 8


@pytest.mark.usefixtures('unchecked')
@pytest.mark.parametrize(('changed', 'message'), [
    ({'size': 0}, 'size must be a positive number of pixels or two, got 0'),
    ({'size': (8, 8, 8)}, 'size must be'),
    ({'ratio': (2, 1)}, 'ratio must be'),
    ({'ratio': (0, 1)}, 'ratio must be'),
    ({'interpolation': 'nearest'}, "must be 'bilinear' or 'bicubic', got 'nearest'"),
    ({'scale': (0.5, 1.5)}, 'scale must be area fractions'),
    ({'shift': 'lower'}, "shift must be 'both' or 'upper'"),
    ({'shift': 'both', 'decay': -1}, 'decay must be'),
    ({'shift': 'both', 'start': 1.5}, 'start must be'),
])
def test_what_is_out_of_range_is_refused_at_construction(changed, message):
    with pytest.raises(ValueError, match=message):
        DynamicRandomResizedCrop(**{'size': 8, **changed})


def test_epoch_zero_is_refused():
    with pytest.raises(ValueError, match='epochs are counted from 1, got 0'):
        DynamicRandomResizedCrop(8).set_epoch(0)
