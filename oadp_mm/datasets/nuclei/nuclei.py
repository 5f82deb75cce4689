"""`Nuclei`: 664 real images of many objects, inside the package."""
from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from mmengine.dataset import BaseDataset
from PIL import Image

from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.scenes.scene import Scene
from oadp_mm.registry import DATASETS

FOLDER = Path(__file__).with_name('data')
CLASSES = ('nucleus',)
#: Images of the label subsets that `write_nuclei` writes.
SUBSETS = (8, 16, 32, 64)
Split = Literal['train', 'test']
SPLITS: tuple[Split, ...] = ('train', 'test')


@cache
def names(split: Split) -> tuple[str, ...]:
    """Names of the images of a split: 544 to train on, 120 to measure on.

    Raises:
        ValueError: another split.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be 'train' or 'test', got {split!r}")
    return tuple(json.loads((FOLDER / 'split.json').read_text())[split])


def scene(split: Split, number: int) -> Scene:
    """Image `number` of a split with its nuclei, each of label 0.

    Raises:
        IndexError: there is no such image.
    """
    name = names(split)[number]
    with Image.open(FOLDER / f'owners/{name}.png') as owners:
        # Numbers are not contiguous, a scene's are.
        kept, renumbered = np.unique(np.asarray(owners), return_inverse=True)
    height, width = owners.height, owners.width
    return Scene(read_image(FOLDER / f'images/{name}.jpg'), np.zeros(len(kept) - 1, np.int64),
                 renumbered.reshape(height, width).astype(np.uint16))


def subset(count: int, seed: int = 0) -> list[int]:
    """Numbers of `count` random train images; a larger subset of the same seed holds a smaller one.

    Raises:
        ValueError: there are fewer images.
    """
    total = len(names('train'))
    if not 1 <= count <= total:
        raise ValueError(f'a subset has 1 to {total} images, got {count}')
    return sorted(np.random.default_rng(seed).permutation(total)[:count].tolist())


@DATASETS.register_module()
class Nuclei(BaseDataset):
    """Images of the 2018 Data Science Bowl's nuclei (CC0), for pretraining.

    Fluorescence, brightfield and stained tissue; the shorter side has 160 px. Labels are left out:
    `scene` gives them, and `write_nuclei` writes them for detectors and segmenters.

    Args:
        split: 'train' (544 images) or 'test' (120).
        pipeline: transforms applied to each item, the first of which loads `img_path`.
        **kwargs: further arguments of mmengine's `BaseDataset` (`indices`, `test_mode`, ...).

    Raises:
        ValueError: an unknown split.
    """

    METAINFO = {'classes': CLASSES}

    def __init__(self, split: Split = 'train', pipeline: Sequence = (), **kwargs) -> None:
        self.split = split
        names(split)
        super().__init__(pipeline=list(pipeline), **kwargs)

    def load_data_list(self) -> list[dict]:
        """Their paths."""
        return [{'img_path': str(FOLDER / f'images/{name}.jpg')} for name in names(self.split)]
