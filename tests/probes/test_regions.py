"""Features of boxes against loops over samples, and objects by their size."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.probes.regions import by_size, region_features
from tests.oracles import roi_align as oracle


@pytest.mark.parametrize(('map_size', 'size'), [
    ((7, 7), (112, 112)), ((5, 8), (160, 256)), ((6, 9), (100, 90)), ((14, 3), (57, 40))], ids=str)
def test_region_features_by_loops(map_size: tuple, size: tuple) -> None:
    rng = np.random.default_rng(0)
    maps = torch.randn(2, 3, *map_size)
    ends = np.sort(rng.uniform(0, 1, (2, 11, 2, 2)), axis=2) * np.array(size[::-1])
    boxes = ends.reshape(2, 11, 4)
    boxes[:, 0] = 0, 0, size[1], size[0]  # the whole image
    boxes[:, 1] = 3, 4, 4, 5  # a pixel
    found = region_features(maps, [torch.from_numpy(each) for each in boxes], size)
    expected = [oracle.mean_in_box(feature, box, size)
                for feature, each in zip(maps.double().numpy(), boxes, strict=True) for box in each]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_a_box_of_whole_cells_is_their_mean() -> None:
    """Cells of 16 x 10 pixels; columns 1 to 3 and rows 2 to 3 have one sample in each cell."""
    maps = torch.randn(1, 4, 6, 9)
    found = region_features(maps, [torch.tensor([[10, 32, 40, 64]])], (96, 90))
    torch.testing.assert_close(found, maps[:, :, 2:4, 1:4].mean((2, 3)))


def test_mirrored_images_have_mirrored_boxes() -> None:
    maps, box = torch.randn(1, 4, 6, 9), torch.tensor([[10.5, 32, 47.25, 90]])
    mirrored = torch.tensor([[90 - 47.25, 32, 90 - 10.5, 90]])
    torch.testing.assert_close(region_features(maps, [box], (96, 90)),
                               region_features(maps.flip(3), [mirrored], (96, 90)))


def test_a_pixel_over_the_edge_is_cut_off_and_images_may_have_no_box() -> None:
    maps = torch.randn(3, 4, 6, 9)
    boxes = [torch.zeros(0, 4), torch.tensor([[-1, -.5, 91, 97]]), torch.tensor([[0, 0, 90, 96]])]
    found = region_features(maps, boxes, (96, 90))
    whole = region_features(maps, [torch.tensor([[0., 0, 90, 96]])] * 3, (96, 90))
    assert torch.equal(found, whole[1:])
    assert region_features(maps, [torch.zeros(0, 4)] * 3, (96, 90)).shape == (0, 4)


@pytest.mark.parametrize('box', [
    [0, 0, 92, 20], [-2, 0, 20, 20], [0, 0, 20, 98], [100, 0, 120, 20], [20, 0, 10, 20],
    [10, 5, 10, 20], [90, 5, 90.5, 20], [0, 0, float('nan'), 20]], ids=str)
def test_boxes_outside_the_image(box: list) -> None:
    with pytest.raises(ValueError, match='of image 1 has no area or lies outside its 96x90 pixels'):
        region_features(torch.zeros(2, 1, 6, 9), [torch.zeros(0, 4), torch.tensor([box])], (96, 90))


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r'maps \(b, c, h, w\), got \(2, 5\)'):
        region_features(torch.zeros(2, 5), [], (8, 8))
    with pytest.raises(ValueError, match='got 2 images and 1 lists of boxes'):
        region_features(torch.zeros(2, 5, 4, 4), [torch.zeros(0, 4)], (8, 8))
    with pytest.raises(ValueError, match=r'boxes of image 0 must be \(n, 4\).*\(4,\)'):
        region_features(torch.zeros(1, 5, 4, 4), [torch.zeros(4)], (8, 8))


def test_sizes_are_split_where_the_limits_lie() -> None:
    areas = np.array([1, 1023.9, 1024, 9215, 9216])
    found = by_size(np.array([0., 1, 0, 0, 1]), areas)
    assert found == {'small': (.5, 2), 'medium': (0, 2), 'large': (1, 1)}
    assert by_size(np.ones(5, bool), areas, limits=(1e4, 2e4)) == {
        'small': (1, 5), 'medium': None, 'large': None}


def test_limits_that_do_not_rise() -> None:
    with pytest.raises(ValueError, match=r'limits must be two areas that rise.*\(9, 4\)'):
        by_size(np.zeros(1), np.zeros(1), (9, 4))


def test_sizes_need_an_area_each() -> None:
    with pytest.raises(ValueError, match='got 2 values and 3 areas'):
        by_size(np.zeros(2), np.zeros(3))
