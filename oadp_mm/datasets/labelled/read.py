"""Labelled data in whatever form a user has them, told by what lies where."""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from oadp_mm.datasets.labelled.coco_layout import annotation_files
from oadp_mm.datasets.labelled.labelled import SPLITS, Labelled, Maps, Split
from oadp_mm.datasets.labelled.map_folders import labelled_maps, mask_folders
from oadp_mm.datasets.labelled.maps import NONE, map_classes, read_maps, write_list
from oadp_mm.datasets.labelled.objects import labelled_objects, read_source
from oadp_mm.datasets.labelled.rasterise import rasterised
from oadp_mm.datasets.labelled.voc import is_voc, read_voc
from oadp_mm.datasets.nuclei.nuclei_files import write_nuclei

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
    if is_voc(folder):
        train, test, notes = read_voc(folder)
        found = labelled_objects(str(folder), train, test, out)
        return replace(found, notes=(*notes, *found.notes))
    if folders := mask_folders(folder):
        return labelled_maps(folder, *folders, out)
    raise FileNotFoundError(
        f'{folder} is no labelled data: give a folder that holds annotations/instances_train.json, '
        "or Annotations and JPEGImages as VOC's, or train/images and train/masks, or images and "
        'masks')


def _of_jsons(name: str, train: Path, test: Path | None, out: Path, maps: bool) -> Labelled:
    found = labelled_objects(name, read_source(train), read_source(test) if test else None,
                             out)
    if not maps:
        return found
    beside = _with_masks_beside(found, out)
    if not beside and found.outlined and len(found.classes) < NONE:
        beside = rasterised(found, out)
    return beside or found


def _with_masks_beside(data: Labelled, out: Path) -> Labelled | None:
    """With the maps in `masks` beside both folders `images`, if there is one of each image."""
    assert data.objects
    maps: dict[Split, Maps] = {}
    for split in SPLITS:
        images = data.objects[split].images
        files = [Path(each['file_name'])
                 for each in json.loads(data.objects[split].file.read_bytes())['images']]
        names = [file.with_suffix('').as_posix() for file in files]
        masks = images.parent / 'masks'
        if (len({file.suffix for file in files}) > 1
                or not all((masks / f'{each}.png').is_file() for each in names)):
            return None
        maps[split] = write_list(names, images, masks, files[0].suffix, out, split)
    above = data.objects['train'].images.parent
    shown = [read_maps(maps[split]) for split in SPLITS]
    return replace(data, maps=maps, map_classes=map_classes([above, above.parent], shown),
                   map_digest=' '.join(each.digest for each in shown))
