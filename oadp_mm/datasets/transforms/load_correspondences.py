"""A pair of boxes of an image and of a neighbour, out of a file of `oadp-mm correspondences`."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.datasets.filed_images import FiledImages
from oadp_mm.files.correspondence_file import FORM, read_correspondences
from oadp_mm.files.shown import shown

#: The image's own part in a correspondence, and its neighbour's.
Side = Literal['query', 'key']


class Patch(NamedTuple):
    """A box of an image.

    Args:
        image: uint8 (h, w, 3), BGR.
        box: float64 (4,), (x1, y1, x2, y2) in pixels of `image`.
    """

    image: np.ndarray
    box: np.ndarray


class LoadCorrespondences(BaseTransform):
    """Draw a neighbour of an image, uniformly, and then one of their pairs of boxes.

    Images are known as `LoadProposals` knows them. A neighbour that cannot be read gives way to
    another one. An image of which none can, or that could not be read itself when the file was
    made, is its own neighbour, with one box twice. `oadp_mm.MultiViewDataset` builds it. COCO's
    118,287 images of 50 boxes take 150 MB, once for all data workers that are forked.

    Reads `img_path` and `img`; adds `proposals`, float64 (n, 4) in pixels of `img`, and
    `correspondence`, the `Patch` of each `Side`.

    Args:
        file: of `oadp-mm correspondences`.
        dataset: of the images and their neighbours: its items hold `img` and `img_path`, and
            `get_data_info` tells the path of each.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is none of correspondences, or of other images than the data set's; of the
            call, if an image has another size than it had.
    """

    def __init__(self, file: str | os.PathLike, dataset: Any) -> None:
        self.file, self.dataset = read_correspondences(Path(file)), dataset
        self.images = FiledImages({str(file): self.file})
        told = hasattr(dataset, 'get_data_info')
        paths = [dataset.get_data_info(number).get('img_path', '') if told else ''
                 for number in range(len(dataset))]
        if '' in paths:
            raise ValueError('correspondences are found by the paths of all images, which '
                             f'{type(dataset).__name__} does not tell by get_data_info: take a '
                             'data set of image files, such as oadp_mm.ImageFolder')
        places = self.images.check(paths)
        #: Where each image of the file is in the data set.
        self.members = np.full(len(self.file), -1, np.int32)
        self.members[[number for _, number in places]] = np.arange(len(places))
        self._refuse_absent([number for _, number in places])

    def _refuse_absent(self, numbers: list[int]) -> None:
        neighbours = np.unique(self.file.neighbours[numbers])
        absent = [number for number in neighbours[neighbours >= 0] if self.members[number] < 0]
        if absent:
            [name] = self.images.files
            raise ValueError(shown(
                f'{len(absent)} neighbours in {name}, such as {self.file.names[absent[0]]}, are '
                f'not among the {len(numbers)} images of the data set: train on all images of the '
                f'folder {self.file.meta.get("folder", "?")}, or make the correspondences of your '
                f'images by {FORM.make()} --overwrite'))

    def transform(self, results: dict) -> dict:
        number, own = self._boxes(results)
        ranks = np.random.permutation(self.file.neighbours.shape[1])  # noqa: NPY002 - see SeedHook
        chance = np.random.random()  # noqa: NPY002
        query = key = Patch(results['img'], own[int(chance * len(own))])
        for rank in ranks.tolist() if self.file.neighbours[number, 0] >= 0 else ():
            neighbour = self.dataset[int(self.members[self.file.neighbours[number, rank]])]
            other, boxes = self._boxes(neighbour)
            # A data set may put another image in the place of one that it cannot read.
            if other == self.file.neighbours[number, rank]:
                pairs = self.file.pairs_of(number, rank)
                of_own, of_other = pairs[int(chance * len(pairs))].tolist()
                query = Patch(results['img'], own[of_own])
                key = Patch(neighbour['img'], boxes[of_other])
                break
        return {**results, 'proposals': own, 'correspondence': {'query': query, 'key': key}}

    def _boxes(self, results: dict) -> tuple[int, np.ndarray]:
        """The number of an image in the file and its proposals in its pixels, or the whole of it
        if it was unreadable."""
        file, number, scale = self.images.find(results)
        if scale is None:
            height, width = results['img'].shape[:2]
            return number, np.array([[0.0, 0, width, height]])
        return number, file.boxes_of(number) * scale

    def __repr__(self) -> str:
        return f'{type(self).__name__}(file={next(iter(self.images.files))!r})'
