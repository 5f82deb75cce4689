"""Labelled images for the probes: lists of files, or one folder a class."""
from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oadp_mm.datasets.image_files import EXTENSIONS, left_out_text, sort_out

#: A path, which may hold blanks, then the numbers at the line's end.
_LINE = re.compile(r'(\S.*?)((?:\s+-?\d+)+)')


@dataclass(frozen=True)
class Split:
    """Images with their classes.

    Args:
        paths: relative to the data set's folder.
        labels: the class of each image: its folder's name, or its number as text.
    """

    paths: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class LabelledImages:
    """A data set whose test images have only classes of its train images.

    Args:
        root: its folder.
        train: what is learned from.
        test: what is measured on.
        left_out: files of the class folders that are not used, by ending, as text.
    """

    root: Path
    train: Split
    test: Split
    left_out: str = ''


def read_labelled_images(root: str | Path) -> LabelledImages:
    """Read a data set from `train.txt` and `test.txt`, or from `train/CLASS/` and `test/CLASS/`.

    A line of a list is a path and numbers, the last of which is the label.

    Args:
        root: the data set's folder; lists win where it holds both.

    Raises:
        FileNotFoundError: there is no such folder, neither layout, or not one of the images.
        ValueError: a line has no label; train has fewer than two classes; test has a class or an
            image that it must not have.
    """
    root = Path(root)
    if not root.is_dir():
        raise FileNotFoundError(f'data folder {root} does not exist: give a folder that holds '
                                'train.txt and test.txt, or train/CLASS/ and test/CLASS/')
    parts = root / 'train', root / 'test'
    left_out = Counter[str]()
    lists = [part.with_suffix('.txt') for part in parts]
    if all(path.is_file() for path in lists):
        train, test = (_listed(path) for path in lists)
    elif all(part.is_dir() for part in parts):
        train, test = (_in_class_folders(part, left_out) for part in parts)
    else:
        raise FileNotFoundError(f'{root} holds neither train.txt and test.txt nor the folders '
                                'train/CLASS/ and test/CLASS/: expected one of the two')
    _check(root, train, test)
    return LabelledImages(root, train, test, left_out_text(left_out))


def _listed(path: Path) -> Split:
    rows = list(_rows(path))
    if not rows:
        raise ValueError(f'{path} is empty: expected lines "path label"')
    paths, labels = zip(*rows, strict=True)
    return Split(paths, labels)


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(os.fsdecode(path.read_bytes()).splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f'line {number} of {path} has no label: expected "path label", got '
                             f'{line.strip()!r}')
        yield match[1], str(int(match[2].split()[-1]))


def _in_class_folders(part: Path, left_out: Counter[str]) -> Split:
    images, others = sort_out(part)
    left_out += others
    found = sorted(Path(path).relative_to(part) for path in images)
    paths = [path for path in found if len(path.parts) > 1]
    if not paths:
        raise FileNotFoundError(f'{part} holds no folder with images: expected one a class, with '
                                f'files that end in {", ".join(EXTENSIONS)}')
    return Split(tuple(f'{part.name}/{path.as_posix()}' for path in paths),
                 tuple(path.parts[0] for path in paths))


def _check(root: Path, train: Split, test: Split) -> None:
    missing = [path for path in (*train.paths, *test.paths) if not (root / path).is_file()]
    if missing:
        raise FileNotFoundError(f'{len(missing)} images do not exist, the first is '
                                f'{root / missing[0]}: paths in a list are relative to its folder')
    if len(set(train.labels)) < 2:
        raise ValueError(f'the train images of {root} are all of the class {train.labels[0]}: '
                         'expected at least two classes')
    known = set(train.labels)
    for path, label in zip(test.paths, test.labels, strict=True):
        if label not in known:
            raise ValueError(f'the class {label} of the test image {path} has no train image: give '
                             'it some, or take it out of test')
    twice = set(train.paths) & set(test.paths)
    if twice:
        raise ValueError(f'{len(twice)} images are in train and in test, such as {min(twice)}: '
                         'keep each in one of them')
