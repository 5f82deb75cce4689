"""A sheet of pairs of images with the boxes that correspond (ORL's supplement, figure 1)."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from oadp_mm.pictures.neighbours import shortened
from oadp_mm.pictures.plain import plain
from oadp_mm.pictures.proposals import outline
from oadp_mm.pictures.scenes import COLOURS

#: Pairs that stand beside each other.
BESIDE = 3


class Pair(NamedTuple):
    """Two images with a box each.

    Args:
        images: uint8 (h, w, 3), RGB.
        boxes: (x1, y1, x2, y2) in pixels.
        names: of the images.
        cosine: of the features of the boxes.
    """

    images: tuple[np.ndarray, np.ndarray]
    boxes: tuple[np.ndarray, np.ndarray]
    names: tuple[str, str]
    cosine: float


def draw_correspondences(pairs: Sequence[Pair], title: str) -> Figure:
    """A figure of one or more pairs in reading order; each has a colour for both of its boxes."""
    lines = -(-len(pairs) // BESIDE)
    figure = Figure(figsize=(4.2 * BESIDE, 2 * lines + .4), layout='constrained')
    figure.suptitle(title, fontsize=10)
    # A narrow column between pairs.
    widths = [1, 1, .12] * BESIDE
    grid = figure.add_gridspec(lines, 3 * BESIDE, width_ratios=widths)
    for number, pair in enumerate(pairs):
        line, place = divmod(number, BESIDE)
        for side in (0, 1):
            ax = figure.add_subplot(grid[line, 3 * place + side])
            ax.imshow(pair.images[side])
            outline(ax, pair.boxes[side], COLOURS(number % 10))
            told = (f'{number + 1}. cosine {pair.cosine:.3f}  ' if not side else '') + shortened(
                pair.names[side])
            ax.set_title(told, fontsize=6.5)
            ax.set_axis_off()
    return plain(figure)
