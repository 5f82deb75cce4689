"""RoIAlign on every level against loops over its samples, and one level a box."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.box_pooling import at_level, pool_boxes
from tests.oracles.roi_align import mean_in_box

SIZE = 3


def bins(box: list[float]) -> list[list[tuple[float, ...]]]:
    x1, y1, x2, y2 = box
    across, down = (np.linspace(*ends, SIZE + 1) for ends in ((x1, x2), (y1, y2)))
    return [[(across[i], down[j], across[i + 1], down[j + 1]) for i in range(SIZE)]
            for j in range(SIZE)]


@pytest.mark.parametrize('view', [(64, 48), (57, 61)])
def test_every_bin_is_the_mean_of_its_samples(view: tuple[int, int]) -> None:
    """Also of maps whose stride is no whole number, of tiny boxes and of the whole view."""
    maps = [torch.randn(2, 3, *shape, dtype=torch.float64) for shape in ((16, 12), (5, 4))]
    height, width = view
    boxes = torch.tensor([
        [[0, 0, width, height], [3.5, 7, 30, 41], [10, 10, 11, 10.5]],
        [[width - 9, height - 20, width, height], [0, 5, 40, 9], [20, 1, 24, 50]]])
    pooled = pool_boxes(maps, boxes, view, SIZE)
    for features, ours in zip(maps, pooled, strict=True):
        assert ours.shape == (6, 3, SIZE, SIZE)
        for number, box in enumerate(boxes.flatten(0, 1).tolist()):
            expected = np.array([[mean_in_box(features[number // 3].numpy(), each, view)
                                  for each in row] for row in bins(box)])
            np.testing.assert_allclose(ours[number].permute(1, 2, 0).numpy(), expected, atol=1e-6)


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
def test_half_precision_maps_are_pooled_in_float32(dtype: torch.dtype) -> None:
    """To the last bit, with autocast on: a coordinate of 55.9 is 56 in bfloat16."""
    features, boxes = torch.randn(1, 2, 56, 56).to(dtype), torch.tensor([[[1.3, 2.7, 223.9, 99.1]]])
    with torch.autocast('cpu', dtype):
        ours, = pool_boxes([features], boxes, (224, 224), 7)
    expected, = pool_boxes([features.float()], boxes, (224, 224), 7)
    assert ours.dtype == torch.float32
    assert torch.equal(ours, expected)


@pytest.mark.usefixtures('unchecked')
def test_a_map_that_does_not_fill_the_bins_is_refused() -> None:
    maps = [torch.zeros(1, 1, 6, 8), torch.zeros(1, 1, 3, 4)]
    with pytest.raises(ValueError, match=r'views of 24x32 pixels have a finest map of 6x8, .* 7x7 '
                                         r'bins .*: enlarge the views, or lower `model.roi_size`'):
        pool_boxes(maps, torch.zeros(1, 1, 4), (24, 32), 7)
    assert len(pool_boxes(maps, torch.zeros(1, 1, 4), (24, 32), 6)) == 2  # coarser ones may be


def test_each_box_keeps_what_it_has_on_its_level() -> None:
    """Each value is 10 level + box; -1 is the last level. Others get zero gradients, not none."""
    boxes = torch.arange(4.0).view(4, 1, 1).expand(4, 2, 3)
    values = [(10 * level + boxes).requires_grad_() for level in range(3)]
    chosen = at_level(values, torch.tensor([1, 0, 1, -1]))
    assert chosen[:, 1, 2].tolist() == [10, 1, 12, 23]
    chosen.sum().backward()
    assert [each.grad[:, 0, 0].tolist() for each in values] == [
        [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]]


def test_a_level_without_a_box_gets_zeros() -> None:
    values = [torch.ones(2, 3, requires_grad=True) for _ in range(2)]
    at_level(values, torch.tensor([0, 0])).sum().backward()
    assert torch.equal(values[1].grad, torch.zeros(2, 3))


def test_what_lies_on_other_levels_does_not_matter() -> None:
    values = [torch.ones(2, 1), torch.tensor([[torch.inf], [torch.nan]])]
    assert at_level(values, torch.tensor([0, 0])).tolist() == [[1], [1]]
