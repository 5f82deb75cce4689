"""A sheet of images with their proposals: the first ones, and those next to annotated objects."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from oadp_mm.pictures.scenes import COLOURS, grid_of

#: Proposals that are drawn of an image.
FIRST = 12
_FOUND, _MISSED, _OBJECT = 'lime', 'red', 'white'


class Row(NamedTuple):
    """One image.

    Args:
        image: uint8 (h, w, 3), RGB.
        boxes: (k, 4), (x1, y1, x2, y2) in pixels, the first ones first.
        objects: (n, 4), likewise.
        closest: (n, 4), the closest box of each object.
        found: (n,), whether it is close enough.
    """

    image: np.ndarray
    boxes: np.ndarray
    objects: np.ndarray
    closest: np.ndarray
    found: np.ndarray


def draw_proposals(rows: Sequence[Row], drawn: str) -> Figure:
    """A figure of two columns.

    Args:
        rows: images, one or more.
        drawn: what the boxes are, for the title.
    """
    titles = (f'the first {FIRST} {drawn}',
              'objects (dashed), and closest: found (green), missed (red)')
    figure, axes = grid_of([row.image for row in rows], titles, size=4.2)
    for (left, right), row in zip(axes, rows, strict=True):
        for ax in (left, right):
            ax.imshow(row.image)
            ax.set_axis_off()
        for turn, box in enumerate(row.boxes[:FIRST]):
            _outline(left, box, COLOURS(turn % 10))
        for box, found in zip(row.closest, row.found, strict=True):
            _outline(right, box, _FOUND if found else _MISSED)
        for box in row.objects:
            _outline(right, box, _OBJECT, '--')
    return figure


def _outline(ax: Axes, box: np.ndarray, colour: str | tuple, style: str = '-') -> None:
    x1, y1, x2, y2 = box
    ax.add_patch(Rectangle((x1 - .5, y1 - .5), x2 - x1, y2 - y1, fill=False, edgecolor=colour,
                           linewidth=1.2, linestyle=style))
