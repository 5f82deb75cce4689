"""A sheet of images, each in a row with the images that a network finds nearest to it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from oadp_mm.pictures.framed import show_framed
from oadp_mm.pictures.plain import plain


class Row(NamedTuple):
    """An image and its neighbours.

    Args:
        name: of the image.
        images: uint8 (h, w, 3) each, RGB: the image, and its neighbours, nearest first.
        names: of the neighbours.
        cosines: likewise.
    """

    name: str
    images: Sequence[np.ndarray]
    names: Sequence[str]
    cosines: Sequence[float]


def draw_neighbours(rows: Sequence[Row], title: str) -> Figure:
    """A figure of a row an image, one or more, all with as many neighbours."""
    columns = len(rows[0].images)
    figure = Figure(figsize=(1.5 * columns, 1.8 * len(rows) + .4), layout='constrained')
    figure.suptitle(title, fontsize=10)
    for axes, row in zip(figure.subplots(len(rows), columns, squeeze=False), rows, strict=True):
        for ax, image, name in zip(axes, row.images, (row.name, *row.names), strict=True):
            show_framed(ax, image, name, framed=ax is axes[0])
        for ax, cosine in zip(axes[1:], row.cosines, strict=True):
            ax.set_title(f'{cosine:.3f}', fontsize=8, pad=3)
    return plain(figure)
