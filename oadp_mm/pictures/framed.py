"""Images of any shape in squares of one size, so that they stand in lines."""
from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

#: Letters of a name that have room below a square of an inch and a half.
LETTERS = 24


def show_framed(ax: Axes, image: np.ndarray, name: str, *, framed: bool = False) -> None:
    """Show an image (h, w, 3) in the middle of a square, with the end of its name below.

    The end tells more than the folders that a name begins with.
    """
    ax.imshow(image)
    height, width = image.shape[:2]
    side = max(height, width)
    ax.set(xlim=((width - side) / 2 - .5, (width + side) / 2 - .5),
           ylim=((height + side) / 2 - .5, (height - side) / 2 - .5), xticks=[], yticks=[])
    ax.set_xlabel(name if len(name) <= LETTERS else f'…{name[1 - LETTERS:]}', fontsize=6.5,
                  labelpad=2)
    for spine in ax.spines.values():
        spine.set(visible=framed, linewidth=2)
