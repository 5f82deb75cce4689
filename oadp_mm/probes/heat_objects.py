"""The annotated objects of images that heat maps are drawn of, found by their paths."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from oadp_mm.ops.energy import energy_inside
from oadp_mm.probes.coco_objects import read_objects
from oadp_mm.probes.data import Boxes, evenly
from oadp_mm.probes.read_data import read_data


class Inside(NamedTuple):
    """Share of a map's energy in the boxes of objects, and their share of the image; 0 to 1."""

    share: float
    chance: float


@dataclass(frozen=True)
class Annotated:
    """Images whose objects are known.

    Args:
        boxes: by the resolved path of the image.
        shown: of them, those to look at where nobody names any: measured on, not trained on.
        others: of them, those that batch-norm statistics are taken of.
        notes: a sentence each.
    """

    boxes: dict[Path, Boxes]
    shown: tuple[Path, ...]
    others: tuple[Path, ...]
    notes: tuple[str, ...] = ()

    def some(self, most: int) -> list[Path]:
        """At most so many of `shown`, from all over, that show an object."""
        found = [path for path in self.shown if len(self.boxes[path.resolve()])]
        return [found[i] for i in evenly(len(found), most)]

    def corners(self, path: Path) -> np.ndarray:
        """The boxes of an image, float32 (n, 4); none of one that is not annotated."""
        found = self.boxes.get(path.resolve())
        return np.zeros((0, 4), np.float32) if found is None else found.corners

    def inside(self, path: Path, heat: np.ndarray) -> Inside | None:
        """How much of a map lies on objects, see `energy_inside`; None without any of either."""
        found = self.boxes.get(path.resolve())
        if found is None or not len(found) or not (heat > 0).any():
            return None
        return Inside(*energy_inside(torch.from_numpy(heat), torch.from_numpy(found.corners),
                                     found.size))

    def resolving_size(self, paths: Sequence[Path], stride: int) -> int:
        """The least multiple of a map's stride that, as the shorter side of these images, makes a
        cell no larger than the median object (the side of a square of its box's area); 0 without
        any object.
        """
        shares = [np.sqrt(np.prod(found.corners[:, 2:] - found.corners[:, :2], 1, np.float64))
                  / min(found.size) for path in paths
                  if (found := self.boxes.get(path.resolve())) is not None]
        if not sum(map(len, shares)):
            return 0
        return stride * math.ceil(1 / float(np.median(np.concatenate(shares))))


def annotated_images(words: Sequence[str] | None = None, annotations: Path | None = None,
                     out: Path = Path('work_dirs/heat/data')) -> Annotated:
    """The objects of labelled data, or of one json.

    Args:
        words: see `read_data`.
        annotations: a json in the form of COCO's instances, if there are no `words`.
        out: folder for what has to be converted.

    Raises:
        FileNotFoundError: there is no such thing.
        ValueError: another form, or no image has an object.
    """
    if words:
        data = read_data(words, out)
        boxes = {path.resolve(): each for part in (data.train, data.test)
                 for path, each in zip(part.paths, part.boxes or (), strict=bool(part.boxes))}
        found = Annotated(boxes, data.test.paths, data.train.paths, data.notes)
        name = data.name
    else:
        assert annotations is not None
        paths, read, _, notes = read_objects(annotations)
        boxes = {path.resolve(): each for path, each in zip(paths, read, strict=True)}
        found = Annotated(boxes, tuple(paths), tuple(paths), tuple(notes))
        name = str(annotations)
    if not any(map(len, boxes.values())):
        raise ValueError(f'{name} has no boxes of objects, in which the share of a map could be '
                         'told: leave it out, and give images')
    return found
