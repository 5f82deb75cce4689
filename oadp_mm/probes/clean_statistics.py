"""Batch-norm statistics of clean images, as probes and detectors will show them to a backbone."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage
from oadp_mm.layers.norm_statistics import estimate_norm_statistics
from oadp_mm.probes.features import BATCH, centre

#: Train images whose clean views give a probed network its statistics.
STATISTICS = 256


def use_clean_statistics(backbone: nn.Module, normalise: Callable[[Tensor], Tensor],
                         paths: Sequence[Path], size: int, sixteen_bit: SixteenBit = 'range',
                         listen: Callable[[int], None] = lambda measured: None) -> list[str]:
    """Set a backbone's batch-norm statistics to those of images without augmentation.

    An image is cut as for the probes (`features.centre`). Each batch takes its images from all over
    the list, for neighbours are alike, and a batch is normalised by its own statistics.

    Args:
        backbone: left in evaluation mode.
        normalise: uint8 (b, 3, h, w) in BGR -> what the backbone reads.
        paths: image files.
        size: side of the square that is cut out of an image, in pixels.
        sixteen_bit: see `decode_image`; the training's.
        listen: called with the number of images measured so far, now and then.

    Returns:
        Why images were left out, a sentence each.

    Raises:
        ValueError: see `estimate_norm_statistics`; no image among them can be read.
    """
    unreadable: list[str] = []

    def batches() -> Iterator[Tensor]:
        measured, count = 0, -(-len(paths) // BATCH)
        for start in range(count):
            images = []
            for path in paths[start::count]:
                try:
                    images.append(centre(path, size, sixteen_bit))
                except UnreadableImage as error:
                    unreadable.append(str(error))
            if images:
                yield normalise(torch.stack(images))
            measured += len(images)
            listen(measured)

    try:
        estimate_norm_statistics(backbone, batches())
    except ValueError as error:
        if paths and len(unreadable) == len(paths):
            raise ValueError(f'none of {len(paths)} images can be read, the first because '
                             f'{unreadable[0]}') from error
        raise
    return unreadable
