"""Features of annotated objects, read off the map of a whole image."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import roi_align

from oadp_mm.ops.rows import check_lengths

#: Boxes may lie this far over the edge, in pixels: some annotations count from one, some round up.
SLACK = 1.


@torch.no_grad()
def region_features(maps: Tensor, boxes: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
    """One vector a box: the mean of RoIAlign's samples in it (He et al. 2017, section 3).

    Samples stand at most a position of the map apart; a box smaller than that has one, in its
    middle. A map of any stride will do, other along the height than along the width too.

    Args:
        maps: (b, c, h, w) of a batch of images, any floating type.
        boxes: of each image, (n, 4) as (x1, y1, x2, y2) in its pixels, edges included; what is over
            the image's edge by a pixel at most is cut off.
        size: (height, width) in pixels of the images that the maps are of.

    Returns:
        float32 (boxes of all images, c), image by image.

    Raises:
        ValueError: maps or boxes of other shapes, a box without area or outside its image.
    """
    if maps.ndim != 4:
        raise ValueError(f'boxes are read off maps (b, c, h, w), got {tuple(maps.shape)}: have the '
                         'backbone return maps')
    check_lengths(images=len(maps), **{'lists of boxes': len(boxes)})
    scale = maps.new_tensor([maps.shape[3] / size[1], maps.shape[2] / size[0]] * 2,
                            dtype=torch.float32)
    inside = [_inside(each, size, number).to(scale) * scale for number, each in enumerate(boxes)]
    return roi_align(maps.float(), inside, output_size=1, sampling_ratio=-1,
                     aligned=True).flatten(1)


def by_size(values: np.ndarray, areas: np.ndarray,
            limits: tuple[float, float] = (32**2, 96**2)) -> dict[str, tuple[float, int] | None]:
    """Mean and number of the values of small, medium and large objects.

    Args:
        values: one an object, such as its average precision or whether it was named right.
        areas: of the objects, in pixels of the images that `limits` mean.
        limits: from where an object is medium, and from where large; COCO's by default. Small
            images need others, such as `numpy.quantile(areas, (1/3, 2/3))`.

    Returns:
        For `small`, `medium` and `large` the mean and the number; None where there is no object.

    Raises:
        ValueError: other lengths, or limits that do not rise.
    """
    check_lengths(values=len(values), areas=len(areas))
    if not 0 < limits[0] < limits[1]:
        raise ValueError(f'limits must be two areas that rise, such as (1024, 9216), got {limits}')
    sizes = np.searchsorted(limits, areas, side='right')
    groups = {name: values[sizes == number]
              for number, name in enumerate(('small', 'medium', 'large'))}
    return {name: (float(np.mean(each)), len(each)) if len(each) else None
            for name, each in groups.items()}


def _inside(boxes: Tensor, size: tuple[int, int], image: int) -> Tensor:
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f'boxes of image {image} must be (n, 4) as (x1, y1, x2, y2), got '
                         f'{tuple(boxes.shape)}')
    edge = boxes.new_tensor([size[1], size[0]] * 2)
    cut = boxes.clamp(min=0).minimum(edge)
    far = ((boxes - cut).abs() > SLACK).any(1)
    bad = (far | (cut[:, 2:] <= cut[:, :2]).any(1) | ~boxes.isfinite().all(1)).nonzero()
    if len(bad):
        worst = boxes[int(bad[0])].tolist()
        raise ValueError(f'the box {worst} of image {image} has no area or lies outside its '
                         f'{size[0]}x{size[1]} pixels: give (x1, y1, x2, y2) in those pixels')
    return cut
