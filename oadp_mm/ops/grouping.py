"""Hierarchical grouping of segments into boxes (selective search: Uijlings et al., IJCV 2013).

The most similar neighbours are merged until one region is left; each region on the way is a
proposal. Similarity is the sum of four terms in 0..1 (section 3.2)::

    colour   intersection of the histograms of hue, saturation and value, 25 bins each
    texture  intersection of the histograms of gradients, 8 directions by 9 magnitudes a channel
    size     1 - (|i| + |j|) / |image|: small ones first
    fill     1 - (|box around both| - |i| - |j|) / |image|: those that fit into each other first

so that `size + fill = 2 - |box around both| / |image|`. The paper's texture is a histogram of each
directed derivative; here each pixel counts once, in the octant of its gradient.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Int32, Int64, UInt8

from oadp_mm.ops import _grouping

COLOURS, OCTANTS, MAGNITUDES = 25, 8, 9
# Magnitudes of 3x3 Sobel filters, 0..1530, by octaves from 4 on.
_MAGNITUDE = np.array([(value + 4).bit_length() - 3 for value in range(1531)], np.uint8)


@dataclass(frozen=True)
class Regions:
    """Segments of an image.

    Args:
        pixels: of the image.
        boxes: (x1, y1, x2, y2) of each, half-open.
        colour: counts of pixels.
        texture: likewise.
        pairs: which segments touch.
    """

    pixels: int
    boxes: Int64[np.ndarray, 'n 4']
    colour: Int64[np.ndarray, 'n bins']
    texture: Int64[np.ndarray, 'n bins2']
    pairs: Int64[np.ndarray, 'pairs 2']


def colour_codes(hsv: UInt8[np.ndarray, 'h w c']) -> UInt8[np.ndarray, 'h w c']:
    """Which of the bins each pixel's colour is in."""
    return (hsv.astype(np.int32) * COLOURS >> 8).astype(np.uint8)


def texture_codes(image: UInt8[np.ndarray, 'h w c']) -> UInt8[np.ndarray, 'h w c']:
    """Which of the bins each pixel's gradient is in, of each channel."""
    x, y = (cv2.Sobel(image, cv2.CV_16S, *order).reshape(image.shape) for order in
            ((1, 0), (0, 1)))
    across, down = np.abs(x), np.abs(y)
    length = np.maximum(across, down) + np.minimum(across, down) // 2
    octant = 4 * (x < 0) + 2 * (y < 0) + (across < down)
    return (MAGNITUDES * octant + _MAGNITUDE[length]).astype(np.uint8)


def regions(labels: Int32[np.ndarray, 'h w'], colours: UInt8[np.ndarray, 'h w c'],
            textures: UInt8[np.ndarray, 'h w c']) -> Regions:
    """What is counted of segments.

    Args:
        labels: 0, 1 ... without a gap.
        colours: see `colour_codes`.
        textures: see `texture_codes`.
    """
    count = int(labels.max()) + 1
    _, boxes, colour = _grouping.count_regions(labels, colours, COLOURS, count)
    texture = _grouping.count_regions(labels, textures, OCTANTS * MAGNITUDES, count)[2]
    return Regions(labels.size, boxes, colour, texture, _touching(labels, count))


def hierarchy(found: Regions, by_colour: bool = True) -> Int64[np.ndarray, 'm 4']:
    """Boxes of the n segments, then of the n - 1 regions that merging makes, the whole image last.

    Args:
        found: segments.
        by_colour: whether colour counts; texture, size and fill always do.
    """
    return _grouping.merge_boxes(found.boxes.copy(), found.colour.copy(), found.texture.copy(),
                                 found.pairs.copy(), found.pixels, by_colour)


def _touching(labels: Int32[np.ndarray, 'h w'], count: int) -> Int64[np.ndarray, 'pairs 2']:
    keys = []
    for one, other in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        apart = one != other
        ends = one[apart].astype(np.int64), other[apart].astype(np.int64)
        keys.append(np.minimum(*ends) * count + np.maximum(*ends))
    return np.stack(np.divmod(np.unique(np.concatenate(keys)), count), axis=1)
