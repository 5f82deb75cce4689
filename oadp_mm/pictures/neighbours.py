"""A sheet of images, each in a row with the images that a network finds nearest to it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

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
    figure = Figure(figsize=(1.5 * columns, 1.72 * len(rows) + .4), layout='constrained')
    figure.suptitle(title, fontsize=10)
    for axes, row in zip(figure.subplots(len(rows), columns, squeeze=False), rows, strict=True):
        told = [shortened(row.name), *(f'{cosine:.3f} {shortened(name, 13)}' for name, cosine in
                                       zip(row.names, row.cosines, strict=True))]
        for ax, image, text in zip(axes, row.images, told, strict=True):
            ax.imshow(image)
            ax.set_title(text, fontsize=6.5, fontweight='bold' if ax is axes[0] else 'normal')
            ax.set_xticks([])
            ax.set_yticks([])
            for spine in ax.spines.values():
                spine.set(visible=ax is axes[0], linewidth=2)
    return plain(figure)


def shortened(name: str, most: int = 20) -> str:
    """The end of a name, which tells more than the folder it begins with."""
    return name if len(name) <= most else f'…{name[1 - most:]}'
