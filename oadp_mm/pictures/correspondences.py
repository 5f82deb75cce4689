"""A sheet of pairs of images with the boxes that correspond (ORL's supplement, figure 1)."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from oadp_mm.pictures.framed import show_framed
from oadp_mm.pictures.patch_pairs import EDGE
from oadp_mm.pictures.plain import plain

#: Pairs that stand beside each other.
BESIDE = 3


class Pair(NamedTuple):
    """Two images with a box each.

    Args:
        images: uint8 (h, w, 3), RGB.
        boxes: (x1, y1, x2, y2) in pixels.
        names: of the images.
        rank: among all pairs.
        cosine: of the features of the boxes.
    """

    images: tuple[np.ndarray, np.ndarray]
    boxes: tuple[np.ndarray, np.ndarray]
    names: tuple[str, str]
    rank: int
    cosine: float


def draw_correspondences(groups: Mapping[str, Sequence[Pair]], title: str) -> Figure:
    """A figure of pairs in reading order; few photos have the colour of the boxes.

    Args:
        groups: heading -> pairs below it, one or more.
        title: of the whole.
    """
    lines = [-(-len(pairs) // BESIDE) for pairs in groups.values()]
    figure = Figure(figsize=(4.2 * BESIDE, 2.3 * sum(lines) + .4 * (1 + len(lines))),
                    layout='constrained')
    figure.suptitle(title, fontsize=11)
    parts = figure.subfigures(len(lines), squeeze=False, height_ratios=lines)[:, 0]
    for part, (heading, pairs) in zip(parts, groups.items(), strict=True):
        part.suptitle(heading, fontsize=10, weight='bold')
        _draw(part, pairs)
    return plain(figure)


def _draw(part: SubFigure, pairs: Sequence[Pair]) -> None:
    # A narrow column between pairs.
    grid = part.add_gridspec(-(-len(pairs) // BESIDE), 3 * BESIDE,
                             width_ratios=[1, 1, .08] * BESIDE)
    for number, pair in enumerate(pairs):
        line, place = divmod(number, BESIDE)
        axes = [part.add_subplot(grid[line, 3 * place + side]) for side in (0, 1)]
        for ax, image, box, name in zip(axes, pair.images, pair.boxes, pair.names, strict=True):
            show_framed(ax, image, name)
            (x, y), (width, height) = box[:2] - .5, box[2:] - box[:2]
            ax.add_patch(Rectangle((x, y), width, height, fill=False, linewidth=2,
                                   edgecolor='cyan', path_effects=EDGE))
        axes[0].set_title(f'{pair.rank}. cosine {pair.cosine:.4f}', fontsize=8, pad=2, loc='left')
