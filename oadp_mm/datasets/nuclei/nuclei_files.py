"""`Nuclei` written out once, for the hosts' own COCO and mask-folder datasets."""
from __future__ import annotations

import os
from functools import partial

from oadp_mm.datasets.nuclei.nuclei import CLASSES, SPLITS, SUBSETS, names, scene, subset
from oadp_mm.datasets.scenes.scene_files import write_scene_files


def write_nuclei(root: str | os.PathLike, *, seed: int = 0, overwrite: bool = False) -> bool:
    """Write images and labels below `root`, in the layout that `scenes.scene_files` shows.

    A semantic mask has three classes: background, nucleus, and a nucleus's border. `annotations/`
    also has label subsets of 8, 16, 32 and 64 images, each within the next.

    Args:
        root: folder to make.
        seed: which images the subsets hold.
        overwrite: replace those written with another seed.

    Returns:
        False if `root` held just these files already.

    Raises:
        FileExistsError: `root` holds something else, or another seed's and `overwrite` is not set.
    """
    return write_scene_files(
        root, {split: (len(names(split)), partial(scene, split)) for split in SPLITS},
        classes=CLASSES, parameters={'data': 'nuclei', 'seed': seed}, border=True,
        subsets={str(count): subset(count, seed) for count in SUBSETS}, overwrite=overwrite)
