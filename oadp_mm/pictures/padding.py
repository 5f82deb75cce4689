"""Which share of the chosen patches is of the picture, and which touches black padding."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from oadp_mm.pictures.patch_pairs import Selection
from oadp_mm.pictures.views import View


class Touching(NamedTuple):
    """Numbers of patches, of all views together.

    Args:
        chosen: in the pools.
        chosen_touch: of them, those with a pixel of padding.
        all: that could be chosen.
        all_touch: likewise.
    """

    chosen: int = 0
    chosen_touch: int = 0
    all: int = 0
    all_touch: int = 0

    def and_of(self, views: Sequence[View], pairs: Selection) -> Touching:
        """These and the patches of two more views."""
        counts = np.array(self)
        for which, view in enumerate(views):
            touch = _touch(view.inside, pairs, which)
            pool = touch[pairs.pools[which]]
            counts += len(pool), pool.sum(), len(touch), touch.sum()
        return Touching(*counts.tolist())

    def __str__(self) -> str:
        if not self.all_touch:
            return f'no black padding in any of {self.all} patches'
        return (f'{self.chosen_touch / self.chosen:.0%} of {self.chosen} chosen patches touch the '
                f'black padding of warped views, and {self.all_touch / self.all:.0%} of all '
                f'{self.all}')


def _touch(inside: np.ndarray, pairs: Selection, which: int) -> np.ndarray:
    """Whether each patch of a view, in raster order, has a pixel that is not inside."""
    found = []
    for patch in range(len(pairs.scores[which])):
        left, top, width = (round(value) for value in pairs.box(which, patch, len(inside)))
        found.append(not inside[top:top + width, left:left + width].all())
    return np.array(found)
