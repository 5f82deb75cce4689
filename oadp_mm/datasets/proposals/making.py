"""From a folder of images to a file of proposals: by several processes, in parts that stay.

Beside FILE lies the folder FILE.parts until it is whole. What a part depends on is in the name of
its folder there, so that parts of other images or parameters are neither used nor lost.
"""
from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Generator
from concurrent.futures import as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oadp_mm.datasets.proposals.engine import Engine
from oadp_mm.datasets.proposals.image_list import ImageList
from oadp_mm.datasets.proposals.workers import Found, workers
from oadp_mm.files.lock import hold
from oadp_mm.files.proposal_file import Proposals, read_proposals, write_proposals
from oadp_mm.files.shown import shown
from oadp_mm.files.whole_file import remove_partials

#: Images of a part: as many are done again after a kill.
PART = 16


@dataclass(frozen=True)
class Task:
    """Which proposals are asked for.

    Args:
        images: of which.
        method: name of the engine.
        engine: it makes them.
        seed: of their ranking, 0 or more.
    """

    images: ImageList
    method: str
    engine: Engine
    seed: int = 0

    def meta(self) -> dict[str, Any]:
        """All that the boxes depend on, and the folder's name, as JSON's types."""
        parameters = json.loads(json.dumps(self.engine.parameters()))  # tuples become lists
        return {'method': self.method, 'parameters': parameters, 'seed': self.seed,
                'version': parameters.pop('version'), 'digest': self.images.digest(),
                'folder': shown(self.images.folder.resolve().name)}


def make_proposals(task: Task, out: Path, processes: int,
                   begin: Callable[[int], None] = lambda done: None,
                   listen: Callable[[int], None] = lambda done: None) -> Proposals:
    """Write the file, going on with what an earlier call with the same task left.

    The same task gives the same bytes, whatever the number of processes.

    Args:
        task: what to make.
        out: file to write, overwritten.
        processes: 1 or more.
        begin: called once, with the number of images that were done before.
        listen: called with the number of images done more, now and then.

    Raises:
        OSError: another process makes this file, it cannot be written, a process was killed, or the
            images' storage is away.
    """
    root = out.with_name(f'{out.name}.parts')
    with hold(root, 'oadp-mm proposals', option='--out'):
        meta = task.meta()
        folder = root / hashlib.sha256(json.dumps(meta).encode()).hexdigest()[:24]
        folder.mkdir(exist_ok=True)
        remove_partials(folder)
        names = task.images.names
        files = {start: folder / f'{start:08d}.npz' for start in range(0, len(names), PART)}
        missing = {start: names[start:start + PART] for start, file in files.items()
                   if not _is_whole(file)}
        begin(len(names) - sum(map(len, missing.values())))
        with closing(_made(task, missing, processes)) as made:  # whatever goes wrong here
            for start, found in made:
                write_proposals(files[start], _part(missing[start], found, meta))
                listen(len(found))
        proposals = _joined([read_proposals(file) for file in files.values()])
        write_proposals(out, proposals)
        shutil.rmtree(root)
    return proposals


def _made(task: Task, missing: dict[int, tuple[str, ...]], processes: int,
          ) -> Generator[tuple[int, list[Found]], None, None]:
    if not missing:
        return
    with workers(task.images.folder, task.engine, task.seed,
                 min(processes, len(missing))) as submit:
        futures = {submit(names): start for start, names in missing.items()}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()  # not kept: they are all boxes of a folder


def _part(names: tuple[str, ...], found: list[Found], meta: dict[str, Any]) -> Proposals:
    boxes = [one.boxes for one in found]
    return Proposals(np.array(names), np.array([one.size for one in found], np.int32),
                     np.cumsum([0, *map(len, boxes)], dtype=np.int64), np.concatenate(boxes), meta)


def _joined(parts: list[Proposals]) -> Proposals:
    starts = np.cumsum([0, *(len(part.boxes) for part in parts[:-1])])
    offsets = [part.offsets[1:] + start for part, start in zip(parts, starts, strict=True)]
    return Proposals(np.concatenate([part.names for part in parts]),
                     np.concatenate([part.sizes for part in parts]),
                     np.concatenate([[0], *offsets]).astype(np.int64),
                     np.concatenate([part.boxes for part in parts]), parts[0].meta)


def _is_whole(file: Path) -> bool:
    try:
        read_proposals(file)
    except (FileNotFoundError, ValueError):
        return False
    return True
