"""The object proposals of an image, out of a file of `oadp-mm proposals`."""
from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.datasets.filed_images import FiledImages
from oadp_mm.files.proposal_file import read_proposals
from oadp_mm.ops.boxes import soco_filter
from oadp_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadProposals(BaseTransform):
    """Give an image its proposals, filtered as SoCo does (`oadp_mm.ops.boxes.soco_filter`).

    An image is known by the end of its path (`FiledImages`); and `check` compares the bytes of the
    images' files. So folders may be moved and renamed, and an image of the same name elsewhere is
    noticed. Where no box is left, or the engine could not read the image, the whole of it is the
    only one.

    Reads `img_path` and `img`; adds `proposals`, float64 (n, 4), (x1, y1, x2, y2) half-open in
    pixels of `img`, which may be a JPEG that was decoded at a fraction of its size.

    Args:
        files: of `oadp-mm proposals`, one or several; none: every image is one box.
        least_side: of a box, in pixels of the whole image.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no file of proposals, or `least_side` is below 1; of the call, if it holds
            no image of this name, or one of another size, or if several files claim the image.
    """

    def __init__(self, files: str | os.PathLike | Sequence[str | os.PathLike],
                 least_side: int = 32) -> None:
        if least_side < 1:
            raise ValueError(f'least_side must be at least 1 pixel, got {least_side}')
        paths = [files] if isinstance(files, str | os.PathLike) else list(files)
        self.least_side = least_side
        # Filtered at once: an engine finds over a thousand boxes an image, and a tenth stays.
        self.images = FiledImages({str(path): read_proposals(
            Path(path), partial(soco_filter, min_side=least_side)) for path in paths})

    def check(self, images: Iterable[str]) -> None:
        """Refuse images of which there are no proposals, or those of others, before a training.

        Raises:
            ValueError: there are some, or several files claim an image.
        """
        if self.images.files:
            self.images.check(list(images))

    def transform(self, results: dict) -> dict:
        height, width = results['img'].shape[:2]
        proposals = np.array([[0.0, 0, width, height]])
        if self.images.files:
            file, number, scale = self.images.find(results)
            if scale is not None:
                proposals = file.at(number) * scale
        return {**results, 'proposals': proposals}

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(files={list(self.images.files)}, '
                f'least_side={self.least_side})')
