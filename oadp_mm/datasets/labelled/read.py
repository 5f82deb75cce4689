"""Labelled data in whatever form a user has them, told by what lies where."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from oadp_mm.datasets.labelled.coco_layout import annotation_files
from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Maps
from oadp_mm.datasets.labelled.objects import labelled_objects, read_source
from oadp_mm.datasets.nuclei.nuclei_files import write_nuclei
from oadp_mm.files.whole_file import write_text

NUCLEI = 'nuclei'


def read_labelled(words: Sequence[str], out: Path, *, maps: bool = True) -> Labelled:
    """What `--data` names, as files that hosts read.

    Args:
        words: `nuclei`; a folder; or one or two jsons in the form of COCO's instances.
        out: absolute folder for what has to be converted.
        maps: whether a segmenter is to be trained.

    Raises:
        FileNotFoundError: there is no such thing.
        ValueError: it is of a form that is not read, or contradicts itself.
    """
    if list(words) == [NUCLEI]:
        write_nuclei(out)
        return replace(_of_folder(out, out, maps), name=NUCLEI)
    if len(words) in (1, 2) and all(word.endswith('.json') for word in words):
        train, *test = (Path(word).expanduser().resolve() for word in words)
        return _of_jsons(' '.join(words), train, test[0] if test else None, out, maps)
    if len(words) != 1:
        raise ValueError(f'--data takes {NUCLEI}, a folder, or two jsons (train and test), got '
                         f'{" ".join(words)}')
    folder = Path(words[0]).expanduser().resolve()
    if not folder.is_dir():
        raise FileNotFoundError(f'there is no folder {words[0]}: give {NUCLEI}, or a folder of '
                                'labelled images')
    return replace(_of_folder(folder, out, maps), name=words[0])


def _of_folder(folder: Path, out: Path, maps: bool) -> Labelled:
    if files := annotation_files(folder / 'annotations'):
        return _of_jsons(str(folder), *files, out, maps)
    raise FileNotFoundError(f'{folder} is no labelled data')


def _of_jsons(name: str, train: Path, test: Path | None, out: Path, maps: bool) -> Labelled:
    found = labelled_objects(name, read_source(train), read_source(test) if test else None,
                             out)
    return _with_masks_beside(found, out) if maps else found


def _with_masks_beside(data: Labelled, out: Path) -> Labelled:
    """The maps in `masks` beside both folders `images`, if there is one of each image."""
    assert data.objects
    maps = {}
    for split in SPLITS:
        objects = data.objects[split]
        files = [Path(each['file_name'])
                 for each in json.loads(objects.file.read_bytes())['images']]
        masks, endings = objects.images.parent / 'masks', {file.suffix for file in files}
        names = tuple(file.with_suffix('').as_posix() for file in files)
        if len(endings) > 1 or not all((masks / f'{each}.png').is_file() for each in names):
            return data
        list_file = out / f'{split}.txt'
        out.mkdir(parents=True, exist_ok=True)
        write_text(list_file, '\n'.join(names) + '\n')
        maps[split] = Maps(list_file, objects.images, masks, endings.pop())
    told = data.objects['train'].file.parent.parent / 'classes.json'
    return replace(data, maps=maps, map_classes=tuple(json.loads(told.read_text())['semantic']))
