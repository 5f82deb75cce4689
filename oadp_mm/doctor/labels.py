"""Whether the labels of a folder can be learned from, as `probe` and `finetune` read them."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from oadp_mm.datasets.labelled.coco_layout import annotation_files
from oadp_mm.datasets.labelled.map_folders import mask_folders
from oadp_mm.datasets.labelled.read import read_labelled
from oadp_mm.datasets.labelled.voc import is_voc
from oadp_mm.doctor.finding import Finding, counted, such_as
from oadp_mm.files.shown import shown
from oadp_mm.journey.asked import NUCLEI
from oadp_mm.ops.cell_shares import IGNORED
from oadp_mm.probes.data import Data, Part, evenly
from oadp_mm.probes.read_data import read_data

#: Maps of pixels that are looked into, of each split.
MAPS = 200
_SPLITS = ('train', 'test')


class Labels(NamedTuple):
    """What a folder's labels are.

    Args:
        data: what they say; None of a folder without labels, or with such as cannot be read.
        findings: of reading them.
    """

    data: Data | None
    findings: tuple[Finding, ...]


def read_labels(folder: str, out: Path) -> Labels:
    """Read what there is, in the forms that commands take.

    Args:
        folder: or the word `nuclei`.
        out: absolute folder for what has to be converted.
    """
    place, findings, data = Path(folder), list[Finding](), None
    in_coco_form = folder != NUCLEI and annotation_files(place / 'annotations')
    annotated = folder == NUCLEI or in_coco_form or is_voc(place) or mask_folders(place)
    classes = (all((place / f'{split}.txt').is_file() for split in _SPLITS)
               or all(_holds_folders(place / split) for split in _SPLITS))
    if not annotated and not classes:
        return Labels(None, (Finding('ok', 'labels', 'none in a form that probe and finetune read, '
                                     'which a pretraining does without'),))
    notes: dict[str, None] = {}  # in order, each once
    try:
        if in_coco_form:  # of which a fine-tuning asks for more
            notes |= dict.fromkeys(read_labelled([folder], out, maps=False).notes)
        data = read_data([folder], out)
        notes |= dict.fromkeys(data.notes)
    except (ValueError, OSError) as error:
        findings.append(Finding('problem' if annotated else 'note', 'labels',
                                f'{error} (a pretraining reads no labels)'))
    findings += [Finding('note', 'labels', note) for note in notes]
    return Labels(data, tuple(findings))


def _holds_folders(folder: Path) -> bool:
    return folder.is_dir() and any(each.is_dir() for each in folder.iterdir())


def label_findings(data: Data, sizes: Mapping[str, tuple[int, int]]) -> Iterator[Finding]:
    """All of them, of labels that could be read.

    Args:
        data: what they say.
        sizes: height and width of images, by path, as far as they were looked at.
    """
    yield count_finding(data)
    parts = dict(zip(_SPLITS, (data.train, data.test), strict=True))
    if data.train.boxes is not None:
        yield from untested_finding(data)
        for find in (area_finding, stated_size_finding):
            yield from find(parts, sizes)
    if data.train.label_map is not None:
        yield from map_finding(parts, len(data.map_classes))


def count_finding(data: Data) -> Finding:
    """How much there is to learn from and to measure on."""
    told = f'{len(data.train.paths):,} train and {len(data.test.paths):,} test images'
    if data.train.boxes is not None:
        numbers = [sum(map(len, part.boxes or ())) for part in (data.train, data.test)]
        told += (f', {numbers[0]:,} and {numbers[1]:,} objects of '
                 f'{counted(len(data.box_classes), "class").replace("classs", "classes")}')
    if data.train.label_map is not None:
        told += f', maps of {len(data.map_classes)} classes'
    if data.train.labels is not None:
        told += f', {len(set(data.train.labels))} classes'
    return Finding('ok', 'labels', told)


def untested_finding(data: Data) -> Iterator[Finding]:
    """Classes of which nothing is measured."""
    shown_in = Counter(int(kind) for each in data.test.boxes or () for kind in each.kinds)
    absent = tuple(name for i, name in enumerate(data.box_classes) if not shown_in[i])
    if absent:
        yield Finding('note', 'classes', f'no test image shows {len(absent)} of '
                      f'{len(data.box_classes)} classes, such as {such_as(absent)}: nothing is '
                      'measured of them', absent)


def area_finding(parts: Mapping[str, Part], sizes: Mapping[str, tuple[int, int]],
                 ) -> Iterator[Finding]:
    """Objects whose annotation says that they have no pixel, which COCO's measure sorts wrongly."""
    items = tuple(f'{shown(path)}: {counted(number, "object")}' for part in parts.values()
                  for path, boxes in zip(part.paths, part.boxes or (), strict=True)
                  if (number := int((boxes.areas <= 0).sum())))
    if items:
        yield Finding('problem', 'areas', f'objects in {counted(len(items), "image")} have an area '
                      f'of 0, the first in {items[0]}: give the area in pixels, or leave it out '
                      'of the json, which takes that of the box', items)


def stated_size_finding(parts: Mapping[str, Part], sizes: Mapping[str, tuple[int, int]],
                        ) -> Iterator[Finding]:
    """Images that are of another size than their annotations say: boxes lie elsewhere."""
    items = tuple(f'{shown(path)} is {size[0]}x{size[1]}, annotated as '
                  f'{boxes.size[0]}x{boxes.size[1]}' for part in parts.values()
                  for path, boxes in zip(part.paths, part.boxes or (), strict=True)
                  if (size := sizes.get(str(path))) and size != tuple(boxes.size))
    if items:
        yield Finding('problem', 'annotated', f'{counted(len(items), "image")} and their '
                      f'annotations differ in size (height x width), such as {items[0]}: scale the '
                      'boxes, or give the images that were annotated', items)


def map_finding(parts: Mapping[str, Part], classes: int) -> Iterator[Finding]:
    """Maps that hold numbers of no class."""
    items = []
    for part in parts.values():
        assert part.label_map is not None
        for number in evenly(len(part.paths), MAPS):
            values = np.unique(part.label_map(number))
            beyond = values[(values >= classes) & (values != IGNORED)]
            if len(beyond):
                items.append(f'that of {shown(part.paths[number])} holds '
                             f'{", ".join(map(str, beyond[:5]))}')
    if items:
        yield Finding('problem', 'maps', f'{counted(len(items), "map")} hold values outside of the '
                      f'{classes} classes, such as {items[0]}: name the class in classes.json, or '
                      f'write {IGNORED} for pixels of none', tuple(items))
