"""Maps of classes from the masks of objects."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as rle
from rich.progress import track

from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Maps, Split
from oadp_mm.datasets.labelled.maps import NONE, write_list
from oadp_mm.files.whole_file import write_text

BACKGROUND = 'background'


def rasterised(data: Labelled, out: Path) -> Labelled | None:
    """The data with the maps of their objects' masks, written to `out/masks/SPLIT`.

    Background is the class 0, the class i of objects is i + 1. The smaller of two objects lies on
    top; what a crowd covers has no class. They are
    painted once for the same labels. None where the files of a split end differently.

    Args:
        data: objects with masks, of at most 254 classes.
        out: folder to write to.
    """
    assert data.objects and data.outlined
    maps: dict[Split, Maps] = {}
    done = out / 'masks/labels.txt'
    again = not done.is_file() or done.read_text() != data.digest
    if again:
        done.unlink(missing_ok=True)  # until all are painted
    for split in SPLITS:
        objects = data.objects[split]
        content = json.loads(objects.file.read_bytes())
        files = [Path(each['file_name']) for each in content['images']]
        if len({file.suffix for file in files}) > 1:
            return None
        masks = out / 'masks' / split
        if again:
            _paint(content, files, masks, f'{split} masks')
        maps[split] = write_list([file.with_suffix('').as_posix() for file in files],
                                 objects.images, masks, files[0].suffix, out, split)
    write_text(done, data.digest)
    return replace(data, maps=maps, map_classes=(BACKGROUND, *data.classes))


def _paint(content: Mapping[str, Any], files: Sequence[Path], masks: Path, title: str) -> None:
    place = {each['id']: i for i, each in enumerate(content['categories'], 1)}
    found = defaultdict(list)
    for each in content['annotations']:
        found[each['image_id']].append(each)
    images = list(zip(content['images'], files, strict=True))
    for image, file in track(images, description=title):
        path = masks / file.with_suffix('.png')
        path.parent.mkdir(parents=True, exist_ok=True)
        labels = painted(found[image['id']], place, image['height'], image['width'])
        Image.fromarray(labels).save(path)


def painted(objects: Sequence[Mapping[str, Any]], place: Mapping[Any, int], height: int,
            width: int) -> np.ndarray:
    """The map (height, width) of an image's objects.

    Args:
        objects: annotations of COCO's form, with polygons or runs.
        place: the class of each category.
        height: of the image, in pixels.
        width: likewise.
    """
    labels = np.zeros((height, width), np.uint8)
    for each in sorted(objects, key=lambda each: (not each.get('iscrowd'), -each['area'])):
        outline = each['segmentation']
        if isinstance(outline, list):
            runs = rle.merge(rle.frPyObjects(outline, height, width))
        elif isinstance(outline['counts'], list):
            runs = rle.frPyObjects(outline, height, width)
        else:
            runs = outline
        labels[rle.decode(runs) > 0] = NONE if each.get('iscrowd') else place[each['category_id']]
    return labels
