"""Labelled images for the probes: what is known of each image, any of which may be missing."""
from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

Item = TypeVar('Item')


@dataclass(frozen=True)
class Boxes:
    """The annotated objects of one image.

    Args:
        size: (height, width) of the image in pixels.
        corners: float32 (n, 4), (x1, y1, x2, y2) in them, edges included.
        kinds: int64 (n,), the class of each.
        areas: float64 (n,), of the objects in pixels, which may be less than the boxes'.
        uncounted: int64, the classes of what is there but no object of these: crowds, and what VOC
            calls difficult.
    """

    size: tuple[int, int]
    corners: np.ndarray
    kinds: np.ndarray
    areas: np.ndarray
    uncounted: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.corners)

    def of(self, index: np.ndarray) -> Boxes:
        """Some of them."""
        return replace(self, corners=self.corners[index], kinds=self.kinds[index],
                       areas=self.areas[index])


@dataclass(frozen=True)
class Part:
    """Images to learn from, or to measure on.

    Args:
        paths: their files.
        boxes: the objects of each, None where nobody annotated any.
        label_map: the classes of pixels (h, w) of image i, 255 for none; None where there are none.
        labels: the class of each image, None where they have none.
    """

    paths: tuple[Path, ...]
    boxes: tuple[Boxes, ...] | None = None
    label_map: Callable[[int], np.ndarray] | None = None
    labels: tuple[int, ...] | None = None

    def some(self, numbers: Sequence[int]) -> Part:
        """The images of these numbers."""
        label_map = self.label_map
        return Part(tuple(self.paths[i] for i in numbers),
                    self.boxes and tuple(self.boxes[i] for i in numbers),
                    label_map and (lambda i: label_map(numbers[i])),
                    self.labels and tuple(self.labels[i] for i in numbers))


@dataclass(frozen=True)
class Data:
    """A labelled data set.

    Args:
        name: as a user calls it.
        train: what is learned from.
        test: what is measured on.
        box_classes: names of the classes of boxes.
        map_classes: names of the classes of pixels.
        files: that the labels are read from.
        notes: what a user should know, a sentence each.
    """

    name: str
    train: Part
    test: Part
    box_classes: tuple[str, ...] = ()
    map_classes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def at_most(self, images: int) -> Data:
        """At most so many images of each part, from all over its list."""
        train, test = (part.some(evenly(len(part.paths), images))
                       for part in (self.train, self.test))
        return replace(self, train=train, test=test)

    def digest(self) -> str:
        """sha256 over the names, sizes and times of all files: another one, other features."""
        digest = hashlib.sha256()
        for path in (*self.train.paths, Path(), *self.test.paths, Path(), *self.files):
            state = path.stat()
            told = f'{path}|{state.st_size}|{state.st_mtime_ns}\n' if path.is_file() else '\n'
            digest.update(told.encode('utf-8', 'surrogateescape'))
        return digest.hexdigest()


def evenly(total: int, count: int) -> list[int]:
    """At most `count` of the numbers below `total`, at equal distances."""
    chosen = min(total, count)
    return [i * total // chosen for i in range(chosen)]
