"""Boxes of a json of COCO's form, and where its images lie."""
from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from oadp_mm.datasets.labelled.coco_layout import image_folder
from oadp_mm.probes.data import Boxes
from oadp_mm.probes.regions import SLACK


def read_objects(path: Path, folder: Path | None = None,
                 ) -> tuple[list[Path], list[Boxes], dict[int, str]]:
    """Images, their boxes, and the names of categories by id.

    Crowds and boxes of less than a pixel a side are left out, as hosts leave them.

    Args:
        path: a json in the form of COCO's instances.
        folder: of its images; None: where `image_folder` finds them.

    Returns:
        Files, boxes whose kinds are category ids, and names.

    Raises:
        FileNotFoundError: there is no such file, or its images are in none of the places where
            they may be, see `image_folder`.
        ValueError: it has another form, no image, or a box that lies outside its image.
    """
    try:
        content = json.loads(path.read_bytes())
        names = {each['id']: each['name'] for each in content['categories']}
        sizes = {each['id']: (each['height'], each['width']) for each in content['images']}
        files = {each['id']: each['file_name'] for each in content['images']}
        found = defaultdict(list)
        for each in content['annotations']:
            x, y, width, height = each['bbox']
            if not each.get('iscrowd') and min(width, height) >= 1:
                found[each['image_id']].append((
                    (x, y, x + width, y + height), each['category_id'],
                    each.get('area', width * height)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{path} is not in the form of COCO's instances ({error}): it needs lists of 'images' "
            "with id, file_name, height and width, 'annotations' with bbox, image_id and "
            "category_id, and 'categories' with id and name") from error
    if not files:
        raise ValueError(f'{path} lists no image: give annotations of some')
    folder = folder or image_folder(path, next(iter(files.values())))
    boxes = [_checked(path, files[number], sizes[number], found[number]) for number in files]
    return [folder / name for name in files.values()], boxes, names


def _checked(path: Path, name: str, size: tuple[int, int], found: list) -> Boxes:
    corners = np.array([each[0] for each in found], np.float32).reshape(-1, 4)
    limit = np.array([size[1], size[0]] * 2, np.float32)
    inside = corners.clip(0, limit)
    bad = (np.abs(corners - inside) > SLACK).any(1) | (inside[:, 2:] <= inside[:, :2]).any(1)
    if bad.any():
        raise ValueError(f'the box {corners[bad.argmax()].tolist()} (x1, y1, x2, y2) of {name} in '
                         f'{path} lies outside its {size[0]}x{size[1]} pixels: are the boxes of '
                         'these images?')
    return Boxes(size, inside, np.array([each[1] for each in found], np.int64),
                 np.array([each[2] for each in found], np.float64))
