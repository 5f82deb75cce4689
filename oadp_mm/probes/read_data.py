"""Labelled data as people have them: the nuclei, COCO's, VOC's, masks, folders of classes."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from oadp_mm.datasets.labelled.coco_layout import TESTS, annotation_files
from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Split
from oadp_mm.datasets.labelled.map_folders import mask_folders
from oadp_mm.datasets.labelled.read import read_labelled
from oadp_mm.datasets.labelled.voc import is_voc
from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.datasets.scenes.scene import Scene
from oadp_mm.ops.cell_shares import IGNORED
from oadp_mm.probes.coco_objects import read_objects
from oadp_mm.probes.data import Boxes, Data, Part
from oadp_mm.probes.labelled_images import read_labelled_images

NUCLEI = 'nuclei'


def read_data(words: Sequence[str], out: Path = Path('work_dirs/probe/data')) -> Data:
    """What `--data` names.

    Args:
        words: `nuclei`; a folder with `annotations/instances_train*.json` and one of test or val,
            maybe with `{split}/masks`; one of VOC's form, or of images and masks, see
            `read_labelled`; one with `train/CLASS/` and `test/CLASS/`; or two jsons in the form of
            COCO's instances, train and test.
        out: folder for what has to be converted.

    Raises:
        FileNotFoundError: there is no such thing.
        ValueError: files that do not belong together, or labels of another form.
    """
    if list(words) == [NUCLEI]:
        return nuclei_data()
    if len(words) == 2 and all(word.endswith('.json') for word in words):
        return coco_data(Path(words[0]), Path(words[1]))
    if len(words) != 1:
        raise ValueError(f'--data takes {NUCLEI}, a folder, or two jsons (train and test), got '
                         f'{" ".join(words)}')
    folder = Path(words[0])
    if files := annotation_files(folder / 'annotations'):
        train, test = files
        if test is None:
            raise FileNotFoundError(
                f'{train.parent} has {train.name} but none of '
                f'{", ".join(f"instances_{name}.json" for name in TESTS)}: add one to measure on, '
                'or give two jsons')
        return coco_data(train, test)
    if is_voc(folder) or mask_folders(folder):
        return labelled_data(folder, out)
    if not (folder / 'train').is_dir() and not (folder / 'train.txt').is_file():
        raise FileNotFoundError(
            f'{words[0]} is no labelled data: give {NUCLEI}, or a folder that holds '
            "annotations/instances_train.json and instances_test.json, VOC's Annotations and "
            'JPEGImages, train/images and train/masks, train/CLASS/ and test/CLASS/, or train.txt '
            'and test.txt')
    return class_folder_data(folder)


def nuclei_data() -> Data:
    """The microscopy images of the package, with boxes and label maps."""
    def part(split: nuclei.Split) -> Part:
        names = nuclei.names(split)
        scenes = (nuclei.scene(split, i) for i in range(len(names)))
        return Part(tuple(nuclei.FOLDER / f'images/{name}.jpg' for name in names),
                    tuple(map(_boxes_of, scenes)), lambda i: _map_of(nuclei.scene(split, i)))
    files = (nuclei.FOLDER / f'owners/{name}.png' for split in nuclei.SPLITS
             for name in nuclei.names(split))
    return Data(NUCLEI, part('train'), part('test'), nuclei.CLASSES,
                ('background', *nuclei.CLASSES, 'border'), tuple(files))


def coco_data(train: Path, test: Path) -> Data:
    """Boxes of two jsons, and masks where there are any in `masks` beside both `images`.

    Raises:
        FileNotFoundError: a file or its images are missing.
        ValueError: they have another form, other categories, or images in common.
    """
    (paths, boxes, names, notes), (others, other_boxes, other_names, more) = map(
        read_objects, (train, test))
    if names != other_names:
        raise ValueError(f'{train} and {test} have other categories ({len(names)} and '
                         f'{len(other_names)}): give two of one data set')
    if both := set(paths) & set(others):
        raise ValueError(f'{len(both)} images are in {train} and in {test}, such as '
                         f'{min(both).name}: keep each in one of them')
    place = {category: i for i, category in enumerate(names)}
    masks = _masks(paths), _masks(others)
    read = [partial(_mask, each) if all(masks) else None for each in masks]
    files = [train, test, *(masks[0] + masks[1] if all(masks) else ())]
    return Data(str(train.parent.parent if train.parent.name == 'annotations' else train.parent),
                Part(tuple(paths), _numbered(boxes, place), read[0]),
                Part(tuple(others), _numbered(other_boxes, place), read[1]),
                tuple(names.values()),
                _map_classes(train.parent.parent, masks) if all(masks) else (), tuple(files),
                (*notes, *more))


def labelled_data(folder: Path, out: Path) -> Data:
    """What a fine-tuning reads as well: boxes of VOC's XML, or maps of classes.

    Args:
        folder: see `read_labelled`.
        out: folder for what has to be converted.
    """
    found = read_labelled([str(folder)], out.absolute())
    (train, files), (test, others) = (_labelled_part(found, split) for split in SPLITS)
    return Data(str(folder), train, test, found.classes if found.objects else (),
                found.map_classes, (*files, *others), found.notes)


def _labelled_part(found: Labelled, split: Split) -> tuple[Part, list[Path]]:
    """A split, and the files that its labels are read from."""
    files: list[Path] = []
    paths, boxes, label_map = list[Path](), None, None
    if found.objects:
        objects = found.objects[split]
        paths, read, names, _ = read_objects(objects.file, objects.images)
        boxes = _numbered(read, {number: i for i, number in enumerate(names)})
        files.append(objects.file)
    if found.maps:
        maps = found.maps[split]
        paths = [maps.images / f'{name}{maps.image_ending}' for name in maps.names]
        masks = [maps.masks / f'{name}{maps.mask_ending}' for name in maps.names]
        label_map = partial(_mask, masks)
        files += masks
    return Part(tuple(paths), boxes, label_map), files


def class_folder_data(folder: Path) -> Data:
    """Images with one class each, from lists or folders, see `read_labelled_images`."""
    read = read_labelled_images(folder)
    place = {name: i for i, name in enumerate(sorted(set(read.train.labels)))}
    train, test = (Part(tuple(folder / path for path in split.paths),
                        labels=tuple(place[label] for label in split.labels))
                   for split in (read.train, read.test))
    notes = [f'files left out by their endings: {read.left_out}'] if read.left_out else []
    return Data(str(folder), train, test, notes=tuple(notes))


def _numbered(boxes: Sequence[Boxes], place: dict[int, int]) -> tuple[Boxes, ...]:
    """Boxes whose kinds are numbers of classes instead of category ids."""
    def numbers(kinds: np.ndarray) -> np.ndarray:
        return np.array([place[int(kind)] for kind in kinds], np.int64)

    return tuple(replace(each, kinds=numbers(each.kinds), uncounted=numbers(each.uncounted))
                 for each in boxes)


def _masks(paths: Sequence[Path]) -> list[Path]:
    """Of each image, `masks/NAME.png` beside its folder; none if one is missing."""
    masks = [path.parent.parent / 'masks' / f'{path.stem}.png' for path in paths]
    return masks if all(mask.is_file() for mask in masks) else []


def _mask(paths: Sequence[Path], number: int) -> np.ndarray:
    labels = np.asarray(Image.open(paths[number]))
    if labels.ndim != 2:
        raise ValueError(f'{paths[number]} is a mask of {labels.ndim} dimensions: give one number '
                         'a pixel, as mmsegmentation reads them')
    return labels


def _map_classes(folder: Path, masks: Sequence[Sequence[Path]]) -> tuple[str, ...]:
    if (told := folder / 'classes.json').is_file():
        return tuple(json.loads(told.read_text())['semantic'])
    read = (_mask(paths, i) for paths in masks for i in range(len(paths)))
    return tuple(map(str, range(1 + max(int(each[each != IGNORED].max(initial=0))
                                        for each in read))))


def _boxes_of(scene: Scene) -> Boxes:
    height, width = scene.owners.shape
    areas = np.bincount(scene.owners.ravel(), minlength=len(scene.labels) + 1)[1:]
    return Boxes((height, width), scene.boxes, scene.labels, areas.astype(np.float64))


def _map_of(scene: Scene) -> np.ndarray:
    return np.where(scene.border, np.uint8(2), scene.semantic)
