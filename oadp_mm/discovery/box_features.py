"""Features of the boxes of all images, each computed once and kept in half precision."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from oadp_mm.datasets.absent_storage import patiently
from oadp_mm.datasets.decoding import SixteenBit, UnreadableImage
from oadp_mm.datasets.image_files import read_image
from oadp_mm.discovery.ahead import ahead, in_batches
from oadp_mm.discovery.encoder import BATCH, Encoder
from oadp_mm.discovery.following import Follow, silently
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.files.proposals import Proposals
from oadp_mm.files.shown import shown
from oadp_mm.ops.windows import Window


def write_features(encoder: Encoder, images: Path, boxes: Proposals, rows: GrowingRows,
                   threads: int, follow: Follow = silently) -> None:
    """Append the rows of all boxes that are not there yet.

    Boxes of several images pass the network together, always in the same batches, whatever was done
    before: features depend, in their last digits, on what is beside them. In memory are the cut
    boxes of three images a thread, 15 MB each for 100 boxes of 224 px.

    Args:
        encoder: of square pictures.
        images: folder in which they lie.
        boxes: of them.
        rows: as many as boxes.
        threads: that read images.
        follow: hears what is done.

    Raises:
        UnreadableImage: an image cannot be read that could be when the boxes were made.
        ValueError: an image has another size than then, or the network is broken.
    """
    cut = partial(_cut, images, boxes, encoder.size, encoder.network.sixteen_bit, rows.done)
    first = int(np.searchsorted(boxes.offsets, rows.done, 'right')) - 1
    wanted = (i for i in range(first, len(boxes)) if boxes.offsets[i] < boxes.offsets[i + 1])
    with (follow('features of boxes', len(boxes.boxes), rows.done) as advance,
          closing(ahead(cut, wanted, threads)) as pictures):
        for batch in in_batches(_each(pictures), BATCH):
            rows.append(encoder(torch.from_numpy(np.stack(batch))).numpy())
            advance(len(batch))


def _each(pictures: Iterator[list[np.ndarray]]) -> Iterator[np.ndarray]:
    for some in pictures:
        yield from some


def _cut(folder: Path, boxes: Proposals, size: int, sixteen_bit: SixteenBit, done: int,
         number: int) -> list[np.ndarray]:
    """The boxes of an image that are not done, uint8 (3, size, size) each."""
    path = folder / str(boxes.names[number])
    try:
        image = patiently(lambda: read_image(path, sixteen_bit=sixteen_bit), [folder])
    except UnreadableImage as error:
        raise UnreadableImage(f'{error}, but could be read when its proposals were made: repair '
                              'it, or make neighbours and proposals anew by --overwrite') from error
    then = tuple(boxes.sizes[number].tolist())
    if image.shape[:2] != then:
        raise ValueError(f'{shown(path)} has {image.shape[1]} x {image.shape[0]} pixels, and had '
                         f'{then[1]} x {then[0]} when its proposals were made: make them anew by '
                         'oadp-mm proposals FOLDER --out FILE --overwrite')
    start = max(0, done - int(boxes.offsets[number]))
    return [square(image, box, size) for box in boxes.at(number)[start:]]


def square(image: UInt8[np.ndarray, 'h w 3'], box: np.ndarray, size: int,
           ) -> UInt8[np.ndarray, '3 s s']:
    """A box (x1, y1, x2, y2) of an image, squeezed into a square."""
    x1, y1, x2, y2 = box.tolist()
    window = Window(y1, x1, y2 - y1, x2 - x1, (size, size))
    return window.cut(image).transpose(2, 0, 1)
