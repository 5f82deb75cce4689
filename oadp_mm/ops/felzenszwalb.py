"""Graph-based segmentation (Felzenszwalb and Huttenlocher, IJCV 2004).

Neighbouring pixels are joined in the order of their distance in colour, unless it is above what
either segment tolerates: its largest inner distance so far, plus `scale` / its pixels. Order and
distances are an image's, whatever the scale: several scales share them.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int32, UInt8
from scipy.ndimage import gaussian_filter

from oadp_mm.ops import _felzenszwalb


@dataclass(frozen=True)
class PixelGraph:
    """The edges between each pixel and its eight neighbours, nearest colours first.

    Args:
        shape: height and width of the image.
        cost: Euclidean distances of colours in 0..1.
        ends: flat indices of the two pixels.
    """

    shape: tuple[int, int]
    cost: Float64[np.ndarray, ' edges']
    ends: Int32[np.ndarray, 'edges 2']


def pixel_graph(image: UInt8[np.ndarray, 'h w c'], sigma: float) -> PixelGraph:
    """The graph of an image smoothed by a Gaussian of `sigma` pixels; a pixel has four
    edges, which take 50 bytes each meanwhile."""
    # Not / 255: as scikit-image scales, or the last bit would part edges that cost the same there.
    smooth = gaussian_filter(image * (1 / 255), (sigma, sigma, 0))
    cost, ends = _felzenszwalb.sorted_edges(*_felzenszwalb.costs_of(smooth))
    return PixelGraph(image.shape[:2], cost, ends)


def segment(graph: PixelGraph, scale: float, min_size: int) -> Int32[np.ndarray, 'h w']:
    """Labels 0, 1 ... of segments, in the order of their first pixels.

    They are scikit-image's, but for edges of equal cost, which it takes in any order: here in
    that of the graph, so that labels depend on no machine's sorting.

    Args:
        graph: of an image.
        scale: the larger, the larger the segments (for colours in 0..255, as in the paper).
        min_size: pixels that a segment has at least, being joined with its most similar neighbour.
    """
    height, width = graph.shape
    labels, _ = _felzenszwalb.merge(graph.cost, graph.ends, height * width, scale / 255, min_size)
    return labels.reshape(height, width)
