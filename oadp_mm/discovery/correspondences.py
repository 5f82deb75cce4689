"""Boxes of images that correspond to boxes of their neighbours (ORL, stage 2)."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oadp_mm.datasets.proposals.finished import Made, other_images
from oadp_mm.datasets.proposals.image_list import ImageList
from oadp_mm.discovery.box_features import write_features
from oadp_mm.discovery.encoder import Encoder
from oadp_mm.discovery.following import Follow, silently
from oadp_mm.discovery.pairs import PAIR, write_pairs
from oadp_mm.files import neighbour_file, proposal_file
from oadp_mm.files.archive import Form
from oadp_mm.files.correspondence_file import write_correspondences
from oadp_mm.files.correspondences import Correspondences
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.files.neighbour_file import Neighbours
from oadp_mm.files.parts import parts_of
from oadp_mm.files.proposal_file import read_index, read_proposals
from oadp_mm.files.proposals import Proposals
from oadp_mm.files.shown import shown
from oadp_mm.ops.orl_boxes import orl_filter
from oadp_mm.ops.region_pairs import kept_pairs

VERSION = 1


@dataclass(frozen=True)
class Filter:
    """Of the proposals, see `orl_filter`."""

    min_side: int = 96
    max_aspect: float = 3
    max_iou: float = .5
    most: int = 100

    def __call__(self, boxes: np.ndarray, height: int, width: int) -> np.ndarray:
        """Those that stay; none of an image that could not be read."""
        return orl_filter(boxes, height, width, **asdict(self)) if height else boxes[:0]


@dataclass(frozen=True)
class Task:
    """Which correspondences are asked for.

    Args:
        images: of which.
        encoder: of boxes, without a projector.
        neighbours: of the images.
        proposals: file of theirs.
        filter: of the proposals.
        share: of an image's boxes, the number of pairs that are kept with each neighbour.

    Raises:
        ValueError: neighbours or proposals are those of other images, or disagree about which can
            be read; a number out of range.
    """

    images: ImageList
    encoder: Encoder
    neighbours: Neighbours
    proposals: Path
    filter: Filter = Filter()
    share: float = .1

    def __post_init__(self) -> None:
        if self.filter.min_side < 1:
            raise ValueError(f'--min-side must be 1 pixel or more, got {self.filter.min_side}')
        if not 1 <= self.filter.most <= np.iinfo(np.int16).max:
            raise ValueError(f'--most must lie in 1..{np.iinfo(np.int16).max}, got '
                             f'{self.filter.most}')
        if not 0 < self.share <= 1:
            raise ValueError(f'--share must lie above 0 and be 1 at most, got {self.share}')
        index = read_index(self.proposals)
        for made, form in ((self.neighbours, neighbour_file.FORM), (index, proposal_file.FORM)):
            _refuse_other_images(made, form, self.images)
        unlike = np.flatnonzero(index.sizes.all(1) != (self.neighbours.neighbours[:, 0] >= 0))
        if len(unlike):
            known = 'proposals' if index.sizes[unlike[0]].all() else 'neighbours'
            raise ValueError(f'{shown(str(index.names[unlike[0]]))} could be read when the {known} '
                             'were made, and not when the others were: make both anew')

    @property
    def note(self) -> str:
        """That the neighbours are another network's, where their file tells; else ''."""
        theirs = self.neighbours.meta.get('made_of', {})
        if theirs.get('backbone', self.encoder.digest_of_backbone) == (
                self.encoder.digest_of_backbone):
            return ''
        told = ', '.join(f'{key} {theirs[key]}' for key in ('file', 'epoch') if key in theirs)
        return (f'the neighbours were found by another network ({told}) than --from '
                f'{self.encoder.network.name}: give both commands the same --from')

    def meta(self) -> dict[str, Any]:
        """All that the file depends on, and what its inputs tell of themselves."""
        proposals, neighbours = dict(read_index(self.proposals).meta), dict(self.neighbours.meta)
        return {'version': VERSION, 'filter': asdict(self.filter), 'share': self.share,
                **self.encoder.parameters(), 'proposals': _digest(proposals),
                'neighbours': _digest(neighbours, self.neighbours.neighbours),
                'digest': self.images.digest(),
                'folder': shown(self.images.folder.resolve().name),
                'made_of': {'network': dict(self.encoder.network.origin),
                            'proposals': proposals, 'neighbours': neighbours}}


def make_correspondences(task: Task, out: Path, threads: int, follow: Follow = silently,
                         ) -> Correspondences:
    """Write the file, going on with what an earlier call with the same task left.

    The features lie on the disk until the file is whole: two bytes a channel and box, 48 GB for
    COCO's 118,287 images, if each had 100 boxes and 2048 channels.

    Args:
        task: what to make.
        out: file to write, overwritten.
        threads: that read images, and then compare boxes.
        follow: hears what is done.

    Raises:
        OSError: another process makes this file, it cannot be written, or the disk is too small.
        UnreadableImage, ValueError: see `write_features`.
    """
    meta = task.meta()
    with parts_of(out, meta, 'oadp-mm correspondences') as folder:
        boxes = read_proposals(task.proposals, task.filter)
        rows = GrowingRows(folder / 'features', len(boxes.boxes), np.float16,
                           task.encoder.channels)
        if rows.done < len(boxes.boxes):
            task.encoder.measure([task.images.folder / name for name in task.images.names])
            write_features(task.encoder, task.images.folder, boxes, rows, threads, follow)
        offsets = _pair_offsets(boxes, task)
        pairs = GrowingRows(folder / 'pairs', int(offsets[-1]), PAIR)
        write_pairs(rows.mapped(), boxes.offsets, task.neighbours.neighbours, offsets, pairs,
                    threads, follow)
        found = np.array(pairs.mapped())
        made = Correspondences(**{**vars(boxes), 'meta': meta}, pair_offsets=offsets,
                               neighbours=task.neighbours.neighbours,
                               pairs=np.ascontiguousarray(found['boxes']),
                               cosines=np.ascontiguousarray(found['cosine']))
        write_correspondences(out, made)
    return made


def _pair_offsets(boxes: Proposals, task: Task) -> np.ndarray:
    near = task.neighbours.neighbours
    counts = [kept_pairs(count, task.share) * near.shape[1] * (row[0] >= 0)
              for count, row in zip(np.diff(boxes.offsets).tolist(), near, strict=True)]
    return np.cumsum([0, *counts], dtype=np.int64)


def _refuse_other_images(made: Made, form: Form, images: ImageList) -> None:
    if reason := next(other_images(made, images), None):
        raise ValueError(f'the {form.kind} were made {reason}: make them anew by '
                         f'{form.make(folder=images.folder)}')


def _digest(meta: Mapping[str, Any], content: np.ndarray | None = None) -> str:
    digest = hashlib.sha256(json.dumps(meta, sort_keys=True).encode())
    if content is not None:
        digest.update(content.tobytes())
    return digest.hexdigest()[:24]
