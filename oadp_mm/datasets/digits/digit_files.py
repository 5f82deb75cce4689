"""`DigitScenes` written out once, for the hosts' own COCO and mask-folder datasets."""
from __future__ import annotations

import os
from collections.abc import Sequence

from oadp_mm.datasets.digits.composer import RECIPE
from oadp_mm.datasets.digits.digit_scenes import DigitScenes
from oadp_mm.datasets.digits.sources import CLASSES
from oadp_mm.datasets.scenes.scene_files import write_scene_files


def write_scenes(
    root: str | os.PathLike,
    *,
    num_train: int,
    num_test: int,
    size: Sequence[int] = (160, 160),
    seed: int = 0,
    objects: Sequence[int] = (3, 8),
    overwrite: bool = False,
) -> bool:
    """Write scenes below `root`, in the layout that `oadp_mm.datasets.scenes.scene_files` shows.

    They are those of `DigitScenes(num_train, 'train', ...)` and of its test counterpart.

    Returns:
        False if `root` held just these scenes already: a second call is quick.

    Raises:
        ValueError: an argument out of `DigitScenes`'s range.
        FileExistsError: `root` holds something else, or other scenes and `overwrite` is not set.
    """
    counts = {'train': num_train, 'test': num_test}
    datasets = {
        split: DigitScenes(count, split, seed=seed, size=size, objects=objects)
        for split, count in counts.items()
    }
    return write_scene_files(
        root,
        {split: (counts[split], dataset.scene) for split, dataset in datasets.items()},
        classes=CLASSES,
        parameters=dict(counts, size=list(size), seed=seed, objects=list(objects), recipe=RECIPE),
        overwrite=overwrite,
    )
