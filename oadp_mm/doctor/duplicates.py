"""Images that are there more than once, byte by byte, and those among both splits."""
from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from oadp_mm.datasets.image_files import file_length
from oadp_mm.doctor.finding import Finding, counted
from oadp_mm.files.shown import shown

Key = TypeVar('Key')
#: Bytes at the end of a file by which most that are equally long are told apart.
_TAIL = 4096


def duplicates(paths: Iterable[str], advance: Callable[[str, int], None] = lambda name, done: None,
               ) -> list[list[str]]:
    """Groups of files of the same content, each sorted, the first names first.

    Whole files are read only where length and end are alike, so that a large folder takes seconds.

    Args:
        paths: of files; what cannot be read is like nothing else.
        advance: called for each file, with its name and 1.
    """
    found = []
    for alike in _alike(paths, file_length, advance):
        for tails in _alike(alike, _tail):
            found += [sorted(group) for group in _alike(tails, _digest)]
    return sorted(found)


def duplicate_finding(groups: Iterable[Sequence[str]], paths: Collection[str]) -> Finding:
    """What copies do to a pretraining.

    Args:
        groups: of files of one content each.
        paths: of the images that it would see.
    """
    images = frozenset(paths)
    alike = [those for group in groups
             if len(those := [path for path in group if path in images]) > 1]
    of = counted(len(paths), 'image')
    if not alike:
        return Finding('ok', 'duplicates', f'none of {of} is a copy of another')
    items = tuple(' = '.join(map(shown, group)) for group in alike)
    return Finding('note', 'duplicates', f'{sum(map(len, alike)) - len(alike):,} of {of} are exact '
                   f'copies of others, such as {items[0]}: each counts several times, and '
                   'contrastive methods push copies apart; keep one of each (--json FILE lists '
                   'all)', items)


def leak_finding(groups: Iterable[Collection[str]], train: Iterable[str], test: Iterable[str],
                 ) -> Finding:
    """Test images that are learned from, under whatever name.

    Args:
        groups: of files of one content each.
        train: files of one split.
        test: files of the other.
    """
    learned, measured = frozenset(train), frozenset(test)
    pairs = [(min(ones), other) for group in groups if (ones := learned.intersection(group))
             for other in sorted(measured.intersection(group))]
    of = counted(len(measured), 'test image')
    if not pairs:
        return Finding('ok', 'leaks', f'none of {of} is among '
                       f'{counted(len(learned), "train image")}')
    items = tuple(f'{shown(one)} = {shown(other)}' for one, other in pairs)
    return Finding('problem', 'leaks', f'{len(pairs):,} of {of} are '
                   f'copies of train images, such as {items[0]}: figures would be too good, take '
                   'them out of one split (--json FILE lists all)', items)


def _alike(paths: Iterable[str], key: Callable[[str], Key | None],
           advance: Callable[[str, int], None] = lambda name, done: None) -> Iterator[list[str]]:
    """Groups of two and more files whose keys are equal and not None."""
    groups = defaultdict(list)
    for path in paths:
        groups[key(path)].append(path)
        advance(path, 1)
    groups.pop(None, None)
    yield from (group for group in groups.values() if len(group) > 1)


def _tail(path: str) -> bytes | None:
    return _read(path, lambda file: file.seek(max(0, file_length(path) - _TAIL)))


def _digest(path: str) -> bytes | None:
    data = _read(path, lambda file: None)
    return None if data is None else hashlib.sha256(data).digest()


def _read(path: str, seek: Callable) -> bytes | None:
    try:
        if not Path(path).is_file():
            return None
        with open(path, 'rb') as file:
            seek(file)
            return file.read()
    except OSError:
        return None
