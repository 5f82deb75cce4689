"""All that is found out about the images and the labels of one folder."""
from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from oadp_mm.doctor.duplicates import duplicate_finding, duplicates, leak_finding
from oadp_mm.doctor.finding import Finding, counted
from oadp_mm.doctor.images import Look, image_findings, look_at_files
from oadp_mm.doctor.labels import label_findings, read_labels
from oadp_mm.files.shown import shown
from oadp_mm.journey.images import list_images
from oadp_mm.probes.data import evenly
from oadp_mm.reports.progress import Progress

#: Images that are decoded, of a folder with more.
LOOKED_AT = 2000
#: Where people keep PNGs whose pixels are classes.
_MAPS = frozenset({'masks', 'owners', 'labels', 'annotations', 'SegmentationClass',
                   'SegmentationObject', 'gtFine'})


def folder_findings(folder: str, size: int, most: int, console: Console) -> Iterator[Finding]:
    """All of them.

    Args:
        folder: of images, or the word `nuclei`.
        size: of a side of the views, in pixels.
        most: images that are decoded.
        console: for progress.
    """
    try:
        listed, left_out = list_images(folder)
    except FileNotFoundError as error:
        yield Finding('problem', 'images', str(error))
        return
    with TemporaryDirectory() as out:
        labels = read_labels(folder, Path(out))
        yield from labels.findings
        data = labels.data
        paths = [path for path in listed if not _is_map(path, folder)] or list(listed)
        yield from count_findings(paths, len(listed) - len(paths), left_out)
        looks = _looked_at(paths, most, console)
        if len(looks) < len(paths):
            yield Finding('ok', 'looked at', f'{len(looks):,} of {len(paths):,} images, from all '
                          'over the folder; duplicates among all (--looks 0 looks at all)')
        yield from image_findings(looks, len(paths), size)
        splits = [list(map(os.path.realpath, part.paths)) for part in (data.train, data.test)
                  ] if data else []
        listed_too = frozenset(map(os.path.realpath, paths))
        beside = [path for split in splits for path in split if path not in listed_too]
        with Progress(len(paths) + len(beside), console) as progress:
            progress.begin('duplicates')
            groups = duplicates([*paths, *beside], progress.advance)
        yield duplicate_finding(groups, paths)
        if data:
            yield leak_finding([set(map(os.path.realpath, group)) for group in groups], *splits)
            yield from untrainable_findings(looks, {path for split in splits for path in split})
            sizes = {os.path.realpath(look.path): look.sides for look in looks if not look.reason}
            yield from label_findings(data, sizes)


def count_findings(images: Sequence[str], maps: int, left_out: str) -> Iterator[Finding]:
    """What is used of a folder.

    Args:
        images: in it, without maps.
        maps: PNGs of labels among what a pretraining would take for images.
        left_out: files of other kinds, as text.
    """
    used = counted(len(images), 'image')
    if maps:
        own = os.path.commonpath([os.path.dirname(path) for path in images])
        yield Finding('note', 'maps', f'{counted(maps, "file")} lie in folders of label maps, and '
                      'a pretraining of the whole folder would take them for images: type '
                      f'oadp-mm pretrain {shlex.quote(shown(own))}')
    if any(part.startswith('.') for part in left_out.split(', ')):  # pictures of other kinds
        yield Finding('note', 'images', f'{used}; left out: {left_out}: convert what is to be seen '
                      'to JPEG or PNG')
    else:
        yield Finding('ok', 'images', used + (f'; left out: {left_out}' if left_out else ''))


def untrainable_findings(looks: Sequence[Look], labelled: Collection[str]) -> Iterator[Finding]:
    """Labelled images that cannot be read: hosts, unlike a pretraining, pass over none.

    Args:
        looks: at images.
        labelled: real paths of images with labels.
    """
    items = tuple(shown(look.reason) for look in looks
                  if look.reason and os.path.realpath(look.path) in labelled)
    if items:
        yield Finding('problem', 'labelled', f'{counted(len(items), "labelled image")} cannot be '
                      f'read, the first: {items[0]}; a fine-tuning stops there: repair them, or '
                      'take them out of the labels', items)


def _is_map(path: str, folder: str) -> bool:
    return not _MAPS.isdisjoint(os.path.relpath(path, folder).split(os.sep)[:-1])


def _looked_at(paths: list[str], most: int, console: Console) -> list[Look]:
    numbers = evenly(len(paths), most or len(paths))
    with Progress(len(numbers), console) as progress:
        progress.begin('images')
        return look_at_files([paths[i] for i in numbers], progress.advance)
