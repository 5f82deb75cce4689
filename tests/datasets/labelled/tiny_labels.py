"""Labelled images of a few pixels, on disk."""
from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

HEIGHT, WIDTH = 48, 64
BOX = [8, 4, 20, 30]  # x, y, width, height


def write_image(path: Path, value: int = 90) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((HEIGHT, WIDTH, 3), value, np.uint8))


def rectangle(x: float, y: float, width: float, height: float) -> list[list[float]]:
    """As a polygon."""
    return [[x, y, x + width, y, x + width, y + height, x, y + height]]


def content(images: int, classes: Sequence[str] = ('one', 'two'), *, masks: bool = True,
            first: int = 0) -> dict[str, Any]:
    """Image i has one object, of class i modulo their number."""
    numbers = range(first, first + images)
    return {
        'images': [{'id': i, 'file_name': f'{i:03d}.png', 'height': HEIGHT, 'width': WIDTH}
                   for i in numbers],
        'annotations': [
            {'id': i + 1, 'image_id': i, 'category_id': 1 + i % len(classes), 'bbox': BOX,
             'area': BOX[2] * BOX[3], 'iscrowd': 0,
             **({'segmentation': rectangle(*BOX)} if masks else {})} for i in numbers],
        'categories': [{'id': i, 'name': name} for i, name in enumerate(classes, 1)]}


def write_json(root: Path, split: str, told: dict[str, Any]) -> Path:
    """`annotations/instances_SPLIT.json`, and its images in `SPLIT/images`."""
    for each in told['images']:
        write_image(root / split / 'images' / each['file_name'])
    path = root / f'annotations/instances_{split}.json'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))
    return path


def write_coco(root: Path, train: int = 6, test: int = 2, **options: Any) -> Path:
    """A folder with both splits, whose images have other names."""
    write_json(root, 'train', content(train, **options))
    write_json(root, 'test', content(test, first=train, **options))
    return root


def write_mask(path: Path, labels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), labels.astype(np.uint8))


def write_pair(images: Path, masks: Path, name: str, value: int, ending: str = '.jpg') -> None:
    """An image, and a mask whose left half is of a class."""
    write_image(images / f'{name}{ending}')
    labels = np.zeros((HEIGHT, WIDTH))
    labels[:, :WIDTH // 2] = value
    write_mask(masks / f'{name}.png', labels)


def write_voc(root: Path, boxes: dict[str, list[tuple[str, tuple[int, ...]]]],
              **lists: str) -> Path:
    """An image and an XML for each name of `boxes` (class, xmin ymin xmax ymax), and lists."""
    for name, objects in boxes.items():
        write_image(root / f'JPEGImages/{name}.jpg')
        (root / 'Annotations').mkdir(exist_ok=True)
        told = ''.join(
            f'<object><name>{kind}</name><bndbox>' + ''.join(
                f'<{key}>{value}</{key}>'
                for key, value in zip(('xmin', 'ymin', 'xmax', 'ymax'), box, strict=True))
            + '</bndbox></object>' for kind, box in objects)
        (root / f'Annotations/{name}.xml').write_text(
            f'<annotation><size><width>{WIDTH}</width><height>{HEIGHT}</height></size>{told}'
            '</annotation>')
    (root / 'ImageSets/Main').mkdir(parents=True)
    for split, names in lists.items():
        (root / f'ImageSets/Main/{split}.txt').write_text('\n'.join(names.split()) + '\n')
    return root
