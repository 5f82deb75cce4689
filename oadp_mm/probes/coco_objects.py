"""Boxes of a json of COCO's form, and where its images lie."""
from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from oadp_mm.datasets.labelled.coco_content import mended, read_content
from oadp_mm.datasets.labelled.coco_layout import image_folder
from oadp_mm.probes.data import Boxes


def read_objects(path: Path, folder: Path | None = None,
                 ) -> tuple[list[Path], list[Boxes], dict[int, str], list[str]]:
    """Images, their boxes, and the names of categories by id, of what a fine-tuning reads, too.

    Crowds are `uncounted`, and boxes are cut at the edges of their images, see `mended`.

    Args:
        path: a json in the form of COCO's instances.
        folder: of its images; None: where `image_folder` finds them.

    Returns:
        Files, boxes whose kinds are category ids, names, and a sentence on each thing that was
        mended.

    Raises:
        FileNotFoundError: there is no such file, or its images are in none of the places where
            they may be, see `image_folder`.
        ValueError: it has another form, see `read_content`.
    """
    content, notes = mended(read_content(path), path.name)
    found = defaultdict(list)
    for each in content['annotations']:
        found[each['image_id']].append(each)
    images = content['images']
    folder = folder or image_folder(path, images[0]['file_name'])
    boxes = [_boxes((each['height'], each['width']), found[each['id']]) for each in images]
    names = {each['id']: each['name'] for each in content['categories']}
    return [folder / each['file_name'] for each in images], boxes, names, notes


def _boxes(size: tuple[int, int], found: list[dict]) -> Boxes:
    crowds = [each['category_id'] for each in found if each.get('iscrowd')]
    found = [each for each in found if not each.get('iscrowd')]
    corners = np.array([each['bbox'] for each in found], np.float64).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    inside = corners.clip(0, [size[1], size[0]] * 2)
    return Boxes(size, inside.astype(np.float32),
                 np.array([each['category_id'] for each in found], np.int64),
                 np.array([each['area'] for each in found], np.float64),
                 np.array(crowds, np.int64))
