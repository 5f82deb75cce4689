"""How many annotated objects proposals find, beside as many boxes at random."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
import torch
from torchvision.ops import box_iou

from oadp_mm.files.proposals import Proposals
from oadp_mm.files.shown import shown
from oadp_mm.ops.boxes import soco_filter
from oadp_mm.probes.coco_objects import read_objects

#: Intersection over union from which an object counts as found.
FOUND = .5
#: Share of the image above which an object is a large one.
LARGE = .01
HEADER = ('boxes', 'an image', 'recall', 'of large', 'best overlap')
CAPTION = (f'recall: share of objects that a box overlaps by {FOUND} or more (intersection over '
           f'union); of large: of objects over {LARGE:.0%} of the image; best overlap: mean over '
           'objects. Random boxes: two corners at random, as many in each image.')


@dataclass(frozen=True)
class Annotated:
    """The objects of an image that has proposals.

    Args:
        number: of the image in the file of proposals.
        path: of the image.
        size: height and width in pixels.
        objects: float32 (k, 4), (x1, y1, x2, y2) in pixels, edges included.
    """

    number: int
    path: Path
    size: tuple[int, int]
    objects: np.ndarray


def annotated(proposals: Proposals, annotations: Path, folder: Path | None = None,
              ) -> tuple[list[Annotated], list[str]]:
    """Images of a json that have proposals and objects, and a sentence on each thing to know.

    A file is one of the proposals' if its path ends in their name for it.

    Args:
        proposals: of the images.
        annotations: json in the form of COCO's instances; crowds are left out.
        folder: of its images, see `read_objects`.

    Raises:
        ValueError: no image has both, or the json has another form.
        FileNotFoundError: there is no json, or its images are not where they may be.
    """
    paths, boxes, _, notes = read_objects(annotations, folder)
    numbers = {name: number for number, name in enumerate(proposals.names.tolist())}
    found, absent, other = [], 0, 0
    for path, each in zip(paths, boxes, strict=True):
        number = next((numbers[end] for end in _ends(path) if end in numbers), None)
        solid = (each.corners[:, 2:] > each.corners[:, :2]).all(axis=1)
        if number is None:
            absent += 1
        elif tuple(proposals.sizes[number]) != tuple(each.size):
            other += 1
        elif solid.any():
            found.append(Annotated(number, path, each.size, each.corners[solid]))
    if not found:
        such = f', such as {proposals.names[0]}' if len(proposals) else ''
        raise ValueError(shown(
            f'no object of {annotations} is in an image with proposals: they are of '
            f'{len(proposals)} images of {proposals.meta.get("folder")}{such}; give their '
            'annotations'))
    notes += [f'{count} of {len(paths)} images are left out: {reason}' for count, reason in
              ((absent, 'they have no proposals'),
               (other, 'they are of another size than those of the proposals')) if count]
    return found, notes


def recall_rows(proposals: Proposals, images: Sequence[Annotated]) -> list[list[str]]:
    """Figures under `HEADER`: of all proposals and of those that SoCo learns from, and of as many
    random boxes."""
    rows = []
    for name, some in (('all', lambda boxes, height, width: boxes), ("SoCo's filter", soco_filter)):
        chosen = [some(proposals.at(image.number), *image.size) for image in images]
        drawn = [random_boxes(len(boxes), image.size, some, image.number)
                 for boxes, image in zip(chosen, images, strict=True)]
        rows += [_row(f'{name}: proposals', chosen, images), _row(f'{name}: random', drawn, images)]
    return rows


def closest(boxes: np.ndarray, objects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest intersection over union of each object with a box, and which box has it; 0 and
    -1 where there is no box."""
    if not len(boxes):
        return np.zeros(len(objects)), np.full(len(objects), -1)
    overlaps = box_iou(*(torch.from_numpy(some.astype(np.float64)) for some in (boxes, objects)))
    best, which = overlaps.max(0)
    return best.numpy(), which.numpy()


def random_boxes(count: int, size: tuple[int, int],
                 some: Callable[[np.ndarray, int, int], np.ndarray], seed: int) -> np.ndarray:
    """So many boxes of an image that `some` keeps, int64 (count, 4), fewer where it keeps few."""
    height, width = size
    drawn = np.random.default_rng(seed).random((20 * count + 1000, 2, 2))
    drawn.sort(axis=1)
    corners = np.floor(drawn * (width, height)).astype(np.int64)
    corners[:, 1] += 1  # no box is empty
    return some(corners.reshape(-1, 4), height, width)[:count]


def _row(name: str, boxes: Sequence[np.ndarray], images: Sequence[Annotated]) -> list[str]:
    best = np.concatenate([closest(some, image.objects)[0]
                           for some, image in zip(boxes, images, strict=True)])
    large = np.concatenate([_areas(image.objects) > LARGE * np.prod(image.size)
                            for image in images])
    figures = (np.mean(best >= FOUND),
               np.mean(best[large] >= FOUND) if large.any() else None, best.mean())
    return [name, f'{np.mean([len(some) for some in boxes]):.0f}',
            *('-' if figure is None else f'{figure:.3f}' for figure in figures)]


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)


def _ends(path: Path) -> Iterator[str]:
    """'a/b/c.jpg', 'b/c.jpg', 'c.jpg'."""
    parts = path.absolute().parts[1:]
    return (PurePath(*parts[start:]).as_posix() for start in range(len(parts)))
