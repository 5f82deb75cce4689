"""What a page calls the runs of several folders: as much of their paths as tells them apart."""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from oadp_mm.files.shown import shown
from oadp_mm.journey.runs_below import Below, Record


def typed_names(below: Below, root: Path) -> dict[Path, dict[str, str]]:
    """By the path of a record, the names of the runs that were probed or fine-tuned, by what was
    typed; they differ between all records, and from those of the other trainings below.

    Args:
        below: what lies below it.
        root: a folder, resolved.
    """
    places = {record.path: {word: _place(word, record) for word in _typed(record)}
              for record in below.records}
    names = shortest_ends([*(training.folder for training in below.trainings),
                           *(path for found in places.values() for path in found.values())], root)
    return {path: {word: names[place] for word, place in found.items()}
            for path, found in places.items()}


def shortest_ends(paths: Iterable[Path], root: Path) -> dict[Path, str]:
    """The shortest end of each path that no other one has; the whole path below `root`, if another
    ends in it.
    """
    parts = {path: (path.relative_to(root) if path.is_relative_to(root) else path).parts
             or (root.name,) for path in paths}
    ends = Counter(own[-length:] for own in set(parts.values())
                   for length in range(1, 1 + len(own)))
    return {path: shown(Path(*next((own[-length:] for length in range(1, 1 + len(own))
                                    if ends[own[-length:]] == 1), own)))
            for path, own in parts.items()}


def _typed(record: Record) -> list[str]:
    probed = [one['name'] for one in record.content['probed']] if record.kind == 'probe' else []
    return [*probed, *record.content.get('starts', ())]


def _place(word: str, record: Record) -> Path:
    """Where a run lies that was typed in the folder of the record, or in one above it."""
    return next((Path(os.path.normpath(folder / word)) for folder in record.path.parents
                 if (folder / word).exists()), Path(word))
