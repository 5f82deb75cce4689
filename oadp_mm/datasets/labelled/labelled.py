"""What labelled data are to a training: files that hosts read, and what is known of them."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Split = Literal['train', 'test']
SPLITS: tuple[Split, ...] = ('train', 'test')


@dataclass(frozen=True)
class Objects:
    """Annotated objects of a split, for detectors.

    Args:
        file: a json in the form of COCO's instances, its categories numbered from 1.
        images: the folder that its file names are relative to.
    """

    file: Path
    images: Path


@dataclass(frozen=True)
class Maps:
    """A class for each pixel of a split's images, for segmenters.

    Args:
        file: a list of the images' names, relative to both folders and without endings.
        images: folder of the images.
        masks: folder of PNGs of class numbers, 255 for none.
        image_ending: of all images.
        mask_ending: of all masks.
    """

    file: Path
    images: Path
    masks: Path
    image_ending: str
    mask_ending: str = '.png'

    @property
    def names(self) -> list[str]:
        """Of the images."""
        return self.file.read_text('utf-8', 'surrogateescape').splitlines()


@dataclass(frozen=True)
class Labelled:
    """Labelled images, some to train on and others to measure on.

    Args:
        name: as a user calls them.
        objects: by split, None where nobody annotated any; with the maps' images in their order.
        classes: of the objects.
        outlined: whether all objects have masks.
        maps: by split, None where there are none.
        map_classes: of pixels, by number.
        present: of each train image the classes that it shows, as numbers.
        test: how many images there are to measure on.
        side: median of the train images' shorter sides, in pixels.
        digest: stands for all labels, and for the files of all images.
        notes: what a user should know, a sentence each.
        map_digest: stands for the maps, where `digest` is of objects that they lie beside.
        object_side: median square root of a train object's box, as a share of its image's shorter
            side; 0 where there are no objects.
    """

    name: str
    objects: Mapping[Split, Objects] | None
    classes: tuple[str, ...]
    outlined: bool
    maps: Mapping[Split, Maps] | None
    map_classes: tuple[str, ...]
    present: tuple[frozenset[int], ...]
    test: int
    side: int
    digest: str
    notes: tuple[str, ...] = ()
    map_digest: str = ''
    object_side: float = 0.0

    @property
    def train(self) -> int:
        """How many images there are to train on."""
        return len(self.present)
