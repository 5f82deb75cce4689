"""The best pairs of boxes of each image and each of its neighbours, from the features of all."""
from __future__ import annotations

from contextlib import closing

import numpy as np
from jaxtyping import Float16, Int32, Int64

from oadp_mm.discovery.ahead import ahead, in_batches
from oadp_mm.discovery.following import Follow, silently
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.ops.region_pairs import best_pairs

#: A row: numbers of the image's and of the neighbour's box, and the cosine of their features.
PAIR = np.dtype([('boxes', '<i2', 2), ('cosine', '<f2')])
_IMAGES_AT_ONCE = 64


def write_pairs(features: Float16[np.ndarray, 'm c'], offsets: Int64[np.ndarray, ' n1'],
                neighbours: Int32[np.ndarray, 'n k'], pair_offsets: Int64[np.ndarray, ' n1'],
                rows: GrowingRows, threads: int, follow: Follow = silently) -> None:
    """Append the pairs of all images that are not there yet.

    In memory are the features of two images a thread in single precision, and the pairs of 64
    images; those in the file are the system's to keep or to read again.

    Args:
        features: of all boxes, rows of length one, which may be mapped from a file.
        offsets: image i has features[offsets[i]:offsets[i + 1]].
        neighbours: of each image, a row of -1 of one without.
        pair_offsets: likewise, of the pairs that are wanted.
        rows: of `PAIR`, as many as those.
        threads: that compare.
        follow: hears of images that are done.
    """
    def rows_of(image: int) -> np.ndarray:
        return features[offsets[image]:offsets[image + 1]].astype(np.float32)

    def pairs_of(image: int) -> np.ndarray:
        count = (pair_offsets[image + 1] - pair_offsets[image]) // neighbours.shape[1]
        found = np.zeros((neighbours.shape[1], count), PAIR)
        if count:
            own = rows_of(image)
            for other, each in zip(neighbours[image], found, strict=True):
                each['boxes'], each['cosine'] = best_pairs(own @ rows_of(other).T, int(count))
        return found.ravel()

    # Those without pairs before the first that is not done are passed over, too.
    first = int(np.searchsorted(pair_offsets, rows.done, 'right')) - 1
    images = range(first, len(neighbours))
    with (follow('pairs of boxes', len(neighbours), first) as advance,
          closing(ahead(pairs_of, images, threads)) as found):
        for batch in in_batches(found, _IMAGES_AT_ONCE):
            rows.append(np.concatenate(batch))
            advance(len(batch))
