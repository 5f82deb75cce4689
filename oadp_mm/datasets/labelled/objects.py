"""Labelled images out of the contents of jsons, and the json that their training reads."""
from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from oadp_mm.datasets.labelled.coco_content import (
    category_names,
    classes_shown,
    mended,
    object_side,
    outlined,
    read_content,
    renamed,
    some_images,
    unseen,
)
from oadp_mm.datasets.labelled.coco_layout import image_folder
from oadp_mm.datasets.labelled.files_digest import files_digest
from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Objects, Split
from oadp_mm.datasets.labelled.subset import refuse_common, train_test_split
from oadp_mm.files.whole_file import write_text


@dataclass(frozen=True)
class Source:
    """Annotations as they were found.

    Args:
        content: `images`, `annotations` and `categories`.
        images: the folder that file names are relative to.
        file: which holds just this content, if one does.
        name: for messages.
    """

    content: dict[str, Any]
    images: Path
    file: Path | None
    name: str


def read_source(path: Path) -> Source:
    """A json, and where its images lie.

    Raises:
        FileNotFoundError: it or one of its images is not there.
        ValueError: it is of another form.
    """
    content = read_content(path)
    files = [each['file_name'] for each in content['images']]
    folder = image_folder(path, files[0])
    missing = [file for file in files if not (folder / file).is_file()]
    if missing:
        raise FileNotFoundError(f'{len(missing)} images of {path} are not in {folder}, such as '
                                f'{missing[0]}: put them there')
    return Source(content, folder, path, path.name)


def labelled_objects(name: str, train: Source, test: Source | None, out: Path,
                     seed: int = 0) -> Labelled:
    """Objects to train a detector on and to measure it on.

    Args:
        name: of the data.
        train: annotations of the images to train on, or of all.
        test: of those to measure on; None splits `train`.
        out: folder for jsons that had to be changed.
        seed: of the split.

    Raises:
        ValueError: an image is in both, or one of them shows no object.
    """
    notes: list[str] = []
    sources: dict[Split, Source] = {'train': train} if test is None else {
        'train': train, 'test': test}
    contents = {}
    for split, source in sources.items():
        contents[split], said = mended(source.content, source.name)
        notes += said
    if test is None:
        parts = train_test_split(list(map(bool, classes_shown(contents['train']))), seed)
        notes.append(f'{train.name} has no images to measure on: {len(parts[1])} of '
                     f'{len(train.content["images"])} were drawn for it with the seed {seed}')
        contents = {split: some_images(contents['train'], numbers)
                    for split, numbers in zip(SPLITS, parts, strict=True)}
        sources = dict.fromkeys(SPLITS, train)
    paths = {split: [sources[split].images / each['file_name']
                     for each in contents[split]['images']] for split in SPLITS}
    refuse_common(paths['train'], paths['test'], [sources[split].name for split in SPLITS])
    for split in SPLITS:
        if not any(classes_shown(contents[split])):
            raise ValueError(f'the {split} images of {name} show no object that counts: give boxes '
                             'in the images that are neither a crowd nor difficult')
    names = [category_names(contents[split]) for split in SPLITS]
    classes = tuple(dict.fromkeys(names[0] + names[1]))
    if names[0] != names[1]:
        contents = {split: renamed(contents[split], classes) for split in SPLITS}
    objects: dict[Split, Objects] = {}
    for split, source in sources.items():
        file = source.file
        if file is None or contents[split] != source.content:
            file = out / f'annotations/instances_{split}.json'
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, json.dumps(contents[split]))
        objects[split] = Objects(file, source.images)
    present = classes_shown(contents['train'])
    return Labelled(
        name, objects, classes, all(map(outlined, contents.values())), None, (), tuple(present),
        len(contents['test']['images']),
        int(median(min(each['height'], each['width']) for each in contents['train']['images'])),
        f'{hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()} '
        + files_digest(path for split in SPLITS for path in paths[split]),
        (*notes, *unseen(classes, present)), object_side=object_side(contents['train']))
