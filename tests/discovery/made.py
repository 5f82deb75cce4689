"""A small folder of photos, a network whose features are exact, and what both commands make.

Weights and pixels are whole numbers, so that a feature does not depend on its batch.
"""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from skimage import data
from torch import nn

from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.discovery import box_features, correspondences, neighbours, pairs
from oadp_mm.discovery.encoder import Encoder
from oadp_mm.files import growing_rows
from oadp_mm.files.neighbour_file import Neighbours
from oadp_mm.files.proposal_file import write_proposals
from oadp_mm.files.proposals import Proposals
from oadp_mm.probes.networks import Network

SIZE, CHANNELS, IMAGES = 32, 8, 7
#: The one that cannot be read.
BAD = 3
FILTER = correspondences.Filter(min_side=12, most=30)


class Counting(nn.Module):
    """Cells of 8 px times whole numbers; it counts the pictures that it is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.Conv2d(3, CHANNELS, 8, 8, bias=False)
        weights = np.random.default_rng(0).integers(-3, 4, self.cells.weight.shape)
        self.cells.weight.data = torch.from_numpy(weights.astype(np.float32))
        self.shown = 0

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor]:
        self.shown += len(pictures)
        return (self.cells(pictures),)


def encoder() -> Encoder:
    fed = {'mean': [0, 0, 0], 'std': [1, 1, 1], 'channels': 'BGR'}
    return Encoder(Network('net', Counting(), {'type': 'Counting'}, fed, {'file': 'net.pth'}), SIZE)


def photo(number: int) -> np.ndarray:
    rows, columns = 70 + 6 * number, 110 - 8 * number
    top, left = 60 * number % 300, 90 * number % 350
    return np.ascontiguousarray(data.astronaut()[top:top + rows, left:left + columns, ::-1])


def write_photos(folder: Path) -> Path:
    folder.mkdir()
    for i in range(IMAGES):
        cv2.imwrite(str(folder / f'{i}.png'), photo(i))
    (folder / f'{BAD}.png').write_bytes(b'no picture')
    return folder


def write_boxes(folder: Path, out: Path) -> Path:
    """Of each image random ones, the fifth has none."""
    images, generator, boxes = list_images(folder), np.random.default_rng(1), []
    sizes = [(0, 0) if i == BAD else photo(i).shape[:2] for i in range(IMAGES)]
    for i, (height, width) in enumerate(sizes):
        count = 0 if i in (BAD, 4) else 400
        starts = generator.integers(0, (max(width - 12, 1), max(height - 12, 1)), (count, 2))
        ends = starts + generator.integers(8, 40, (count, 2))
        boxes.append(np.concatenate([starts, np.minimum(ends, (width, height))], 1))
    write_proposals(out, Proposals(
        names=np.array(images.names), sizes=np.array(sizes, np.int32),
        lengths=np.array(images.lengths), offsets=np.cumsum([0, *map(len, boxes)]),
        meta={'digest': images.digest(), 'folder': folder.name, 'method': 'random'},
        boxes=np.concatenate(boxes).astype(np.int32)))
    return out


def near_task(folder: Path, count: int = 3) -> neighbours.Task:
    return neighbours.Task(list_images(folder), encoder(), count, 'backbone')


def pair_task(folder: Path, near: Neighbours, proposals: Path) -> correspondences.Task:
    return correspondences.Task(list_images(folder), encoder(), near, proposals, FILTER)


def in_small_pieces(patch) -> None:
    """Batches that no image fills, and all that is done is counted at once."""
    patch.setattr(box_features, 'BATCH', 7)
    patch.setattr(neighbours, 'BATCH', 2)
    patch.setattr(neighbours, '_SEARCHED_AT_ONCE', 2)
    patch.setattr(pairs, '_IMAGES_AT_ONCE', 2)
    patch.setattr(growing_rows, 'SECONDS', 0)
