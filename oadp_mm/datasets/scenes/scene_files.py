"""Scenes as files that detectors and segmenters read: COCO annotations and mmseg mask folders.

```
root/manifest.json                        what was asked for; written last
root/classes.json                         names, category ids, semantic indices
root/{split}/images/000000.png
root/{split}/masks/000000.png             semantic classes, 0 = background, the last the border
root/annotations/instances_{split}.json   COCO with compressed RLE; file names relative to images/
root/annotations/instances_train_16.json  the same of 16 of them, and
root/annotations/train_16.txt             their names, for mmseg: if there are such subsets
```
"""
from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as rle
from rich.progress import track

from oadp_mm.datasets.scenes.scene import Scene

FORMAT = 1  # raise when the files change for the same scenes


def write_scene_files(
    root: str | os.PathLike,
    scenes: Mapping[str, tuple[int, Callable[[int], Scene]]],
    *,
    classes: Sequence[str],
    parameters: Mapping[str, object],
    border: bool = False,
    subsets: Mapping[str, Sequence[int]] | None = None,
    overwrite: bool = False,
) -> bool:
    """Write scenes below `root`, all or nothing.

    They are written beside `root` (in `.NAME.partial`, which a killed run leaves and the next one
    replaces) and renamed at the end: whoever sees `root` sees all of it.

    Args:
        root: folder to make; missing, empty, or written by this function before.
        scenes: for each split its number of scenes and the function that gives scene i.
        classes: names of labels 0, 1, ...; label i becomes category id and semantic index i + 1.
        parameters: JSON-serialisable, identifies the content.
        border: give the objects' border a semantic class of its own, the last.
        subsets: parts of the split `train` by name, as numbers of scenes.
        overwrite: replace files written with other parameters.

    Returns:
        False if `root` held just these files already and nothing was done.

    Raises:
        FileExistsError: `root` holds something else, or other parameters without `overwrite`.
    """
    root = Path(root).resolve()
    manifest = json.loads(json.dumps(dict(kind='oadp_mm scenes', format=FORMAT, **parameters)))
    found = _manifest(root)
    if found == manifest:
        return False
    if found is not None and not overwrite:
        changed = sorted(k for k in found.keys() | manifest if found.get(k) != manifest.get(k))
        raise FileExistsError(f'{root} holds scenes that differ in {", ".join(changed)}: choose '
                              'another folder or ask to overwrite.')
    partial = root.with_name(f'.{root.name}.partial')
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / 'annotations').mkdir(parents=True)
        for split, (count, scene) in scenes.items():
            _write_split(partial, split, count, scene, classes, border)
        for name, numbers in (subsets or {}).items():
            _write_subset(partial / 'annotations', name, set(numbers))
        names = {
            'classes': list(classes),
            'category_ids': list(range(1, len(classes) + 1)),
            'semantic': ['background', *classes, *(['border'] * border)],
        }
        (partial / 'classes.json').write_text(json.dumps(names, indent=1))
        (partial / 'manifest.json').write_text(json.dumps(manifest, indent=1))
        if found is not None:
            shutil.rmtree(root)
        partial.replace(root)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True


def _manifest(root: Path) -> dict | None:
    """The manifest of an earlier run, None where a new folder may be made."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return None
    try:
        found = json.loads((root / 'manifest.json').read_text())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get('kind') != 'oadp_mm scenes':
        raise FileExistsError(f'{root} holds something other than scenes: choose another folder.')
    return found


def _write_split(
    root: Path, split: str, count: int, scene: Callable[[int], Scene], classes: Sequence[str],
    border: bool,
) -> None:
    folders = [root / split / kind for kind in ('images', 'masks')]
    for folder in folders:
        folder.mkdir(parents=True)
    images: list[dict] = []
    annotations: list[dict] = []
    for i in track(range(count), description=f'{split} scenes'):
        composed, name = scene(i), f'{i:06d}.png'
        semantic = composed.semantic
        if border:
            semantic = np.where(composed.border, np.uint8(len(classes) + 1), semantic)
        for folder, picture in zip(folders, (composed.image, semantic), strict=True):
            # Not by imwrite, which a path that is no UTF-8 makes crash.
            (folder / name).write_bytes(cv2.imencode('.png', picture)[1].tobytes())
        height, width = composed.owners.shape
        images.append({'id': i, 'file_name': name, 'height': height, 'width': width})
        for annotation in coco_annotations(composed):
            annotations.append(dict(id=len(annotations) + 1, image_id=i, **annotation))
    categories = [{'id': i, 'name': name} for i, name in enumerate(classes, start=1)]
    content = {'images': images, 'annotations': annotations, 'categories': categories}
    (root / 'annotations' / f'instances_{split}.json').write_text(json.dumps(content))


def _write_subset(folder: Path, name: str, numbers: set[int]) -> None:
    content = json.loads((folder / 'instances_train.json').read_text())
    content['images'] = [image for image in content['images'] if image['id'] in numbers]
    content['annotations'] = [each for each in content['annotations']
                              if each['image_id'] in numbers]
    (folder / f'instances_train_{name}.json').write_text(json.dumps(content))
    stems = [Path(image['file_name']).stem for image in content['images']]
    (folder / f'train_{name}.txt').write_text('\n'.join(stems) + '\n')


def coco_annotations(scene: Scene) -> list[dict]:
    """COCO fields of each object, without `id` and `image_id`; RLE holds the masks exactly."""
    annotations = []
    for label, mask, box in zip(scene.labels, scene.masks, scene.boxes, strict=True):
        x1, y1, x2, y2 = box.tolist()
        runs = rle.encode(np.asfortranarray(mask, np.uint8))
        annotations.append({
            'category_id': int(label) + 1,
            'bbox': [x1, y1, x2 - x1, y2 - y1],
            'area': int(mask.sum()),
            'iscrowd': 0,
            'segmentation': {'size': list(mask.shape), 'counts': runs['counts'].decode('ascii')},
        })
    return annotations
