"""Pictures of a folder's images for OADP, and what is to be said of them all."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from mmengine.config import Config

from oadp_mm.pictures.padding import Touching
from oadp_mm.pictures.patch_pairs import draw_pairs, find_pairs
from oadp_mm.pictures.views import augmented_views


class PatchPictures:
    """Two views of each image with the patches that OADP picks and matches.

    Args:
        config: of a pretraining with `model.selector`.
        count: pairs to draw.
        asked: the images and folders that were asked for, of which notes speak.
    """

    ending = 'pairs'

    def __init__(self, config: Config, count: int, asked: Sequence[Path]) -> None:
        self.config, self.count, self.asked = config, count, asked
        self._fewer: int | None = None
        self._padded: dict[Path, Touching] = {}

    def draw(self, path: Path, image: np.ndarray, seed: int) -> Figure:
        """The picture of an image, uint8 (h, w, 3) BGR, of this path."""
        views = augmented_views(self.config, image, seed)
        pixels = [view.pixels for view in views]
        pairs = find_pairs(pixels, self.config.model.selector,
                           [view.window for view in views], [view.gray for view in views])
        folder = next((each for each in self.asked if each in path.parents), path.parent)
        self._padded[folder] = self._padded.get(folder, Touching()).and_of(views, pairs)
        if self.count > len(pairs.partners):
            self._fewer = len(pairs.partners)
        return draw_pairs(pixels, pairs, self.count)

    def notes(self) -> list[str]:
        """What was seen, one sentence each."""
        fewer = [] if self._fewer is None else [
            f'--pairs {self.count}: there are {self._fewer}, which are drawn']
        return fewer + [f'{folder}, views of {Path(str(self.config.filename)).stem}: {touching}'
                        for folder, touching in self._padded.items()]
