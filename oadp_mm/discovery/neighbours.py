"""The nearest images of each image of a folder, by the embedding of a network (ORL, stage 2)."""
from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from oadp_mm.datasets.absent_storage import patiently
from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage
from oadp_mm.datasets.proposals.image_list import ImageList
from oadp_mm.discovery.ahead import ahead, in_batches
from oadp_mm.discovery.encoder import BATCH, Encoder
from oadp_mm.discovery.following import Follow, silently
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.files.neighbour_file import Neighbours, write_neighbours
from oadp_mm.files.parts import parts_of
from oadp_mm.files.shown import shown
from oadp_mm.ops.neighbours import nearest_others
from oadp_mm.probes.features import centre

VERSION = 1
_SEARCHED_AT_ONCE = 2048


@dataclass(frozen=True)
class Task:
    """Which neighbours are asked for.

    Args:
        images: of which.
        encoder: embeds them, see `embedding`.
        neighbours: of each image; fewer where there are not so many others.
        embedding: of the 'projector' or the 'backbone'.
    """

    images: ImageList
    encoder: Encoder
    neighbours: int = 10
    embedding: str = 'projector'

    def meta(self) -> dict[str, Any]:
        """All that the file depends on, the folder's name, and which file the network is from."""
        return {'version': VERSION, 'neighbours': self.neighbours, 'embedding': self.embedding,
                **self.encoder.parameters(), 'digest': self.images.digest(),
                'folder': shown(self.images.folder.resolve().name),
                'made_of': {**self.encoder.network.origin,
                            'backbone': self.encoder.digest_of_backbone}}


def make_neighbours(task: Task, out: Path, threads: int, follow: Follow = silently) -> Neighbours:
    """Write the file, going on with what an earlier call with the same task left.

    Images are cut as for the probes: the shorter side becomes 256/224 of the size, and the centre
    is taken. In memory is the embedding of all, 0.12 GB of COCO's 118,287 images by 256 channels,
    and on the disk it is once more.

    Args:
        task: what to make.
        out: file to write, overwritten.
        threads: that read images.
        follow: hears what is done.

    Raises:
        UnreadableImage: fewer than two images can be read.
        ValueError: the network tells no image from another, or is broken.
        OSError: another process makes this file, or it cannot be written.
    """
    if task.neighbours < 1:
        raise ValueError(f'--neighbours must be 1 or more, got {task.neighbours}')
    meta = task.meta()
    with parts_of(out, meta, 'oadp-mm neighbours') as folder:
        rows = GrowingRows(folder / 'embeddings', len(task.images.names), np.float32,
                           task.encoder.channels)
        _embed(task, rows, threads, follow)
        made = _search(task, torch.from_numpy(np.array(rows.mapped())), follow)
        write_neighbours(out, made)
    return made


def _embed(task: Task, rows: GrowingRows, threads: int, follow: Follow) -> None:
    """Write the row of each image, a row of NaN of one that cannot be read."""
    encoder, folder = task.encoder, task.images.folder
    paths = [folder / name for name in task.images.names]
    if rows.done == len(paths):
        return
    encoder.measure(paths)
    read = partial(_centre, folder, encoder.size, encoder.network.sixteen_bit)
    with follow('embeddings', len(paths), rows.done) as advance:
        for pictures in in_batches(ahead(read, paths[rows.done:], threads), BATCH):
            block = np.full((len(pictures), encoder.channels), np.nan, np.float32)
            seen = [picture for picture in pictures if picture is not None]
            if seen:
                block[[picture is not None for picture in pictures]] = encoder(torch.stack(seen))
            rows.append(block)
            advance(len(block))


def _centre(folder: Path, size: int, sixteen_bit: SixteenBit, path: Path) -> torch.Tensor | None:
    try:
        return patiently(lambda: centre(path, size, sixteen_bit), [folder])
    except UnreadableImage:
        return None


def _search(task: Task, rows: torch.Tensor, follow: Follow) -> Neighbours:
    readable = rows.isfinite().all(1).nonzero()[:, 0]
    if len(readable) < 2:
        raise UnreadableImage(
            f'neighbours need 2 images or more, and of {len(rows)} in {shown(task.images.folder)} '
            f'{len(readable)} can be read: give a folder with more')
    bank = rows[readable] if len(readable) < len(rows) else rows
    count = min(task.neighbours, len(bank) - 1)
    neighbours = np.full((len(rows), count), -1, np.int32)
    cosines = np.zeros((len(rows), count), np.float32)
    with follow('search', len(bank), 0) as advance:
        for own in torch.arange(len(bank)).split(_SEARCHED_AT_ONCE):
            near, index = nearest_others(bank[own], bank, own, count)
            neighbours[readable[own]] = readable[index].numpy()
            cosines[readable[own]] = near.numpy()
            advance(len(own))
    return Neighbours(names=np.array(task.images.names),
                      lengths=np.array(task.images.lengths, np.int64),
                      neighbours=neighbours, cosines=cosines, meta=task.meta())
