"""From a folder of images to a file of proposals: by several processes, in parts that stay."""
from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.proposals.engine import Engine
from oadp_mm.datasets.proposals.image_list import ImageList
from oadp_mm.datasets.proposals.workers import Found, workers
from oadp_mm.files.parts import parts_of
from oadp_mm.files.proposal_file import (
    read_index,
    read_proposals,
    write_in_pieces,
    write_proposals,
)
from oadp_mm.files.proposals import ProposalIndex, Proposals
from oadp_mm.files.shown import shown

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
        sixteen_bit: how 16-bit images become 8-bit ones, see `decode_image`.
    """

    images: ImageList
    method: str
    engine: Engine
    seed: int = 0
    sixteen_bit: SixteenBit = 'range'

    def meta(self) -> dict[str, Any]:
        """All that the boxes depend on, and the folder's name, as JSON's types."""
        parameters = json.loads(json.dumps(self.engine.parameters()))  # tuples become lists
        parameters['sixteen_bit'] = self.sixteen_bit
        return {'method': self.method, 'parameters': parameters, 'seed': self.seed,
                'version': parameters.pop('version'), 'digest': self.images.digest(),
                'folder': shown(self.images.folder.resolve().name)}


def make_proposals(task: Task, out: Path, processes: int,
                   begin: Callable[[int], None] = lambda done: None,
                   listen: Callable[[int], None] = lambda done: None,
                   join: Callable[[], None] = lambda: None) -> ProposalIndex:
    """Write the file, going on with what an earlier call with the same task left.

    The same task gives the same bytes, whatever the number of processes.

    Args:
        task: what to make.
        out: file to write, overwritten.
        processes: 1 or more.
        begin: called once, with the number of images that were done before.
        listen: called with the number of images done more, now and then.
        join: called once, when all images are done and are put into one file, of which `listen`
            hears in its turn.

    Returns:
        What the file holds, but the boxes: its `meta` has, beside the task's, `bits` of the
        brightest pixel of 16-bit images, 0 if there are none.

    Raises:
        OSError: another process makes this file, it cannot be written, a process was killed, or the
            images' storage is away.
    """
    meta = task.meta()
    with parts_of(out, meta, 'oadp-mm proposals') as folder:
        names = task.images.names
        files = {start: folder / f'{start:08d}.npz' for start in range(0, len(names), PART)}
        missing = {start: names[start:start + PART] for start, file in files.items()
                   if not _is_whole(file)}
        begin(len(names) - sum(map(len, missing.values())))
        with closing(_made(task, missing, processes)) as made:  # whatever goes wrong here
            for start, found in made:
                lengths = task.images.lengths[start:start + PART]
                write_proposals(files[start], _part(missing[start], lengths, found, meta))
                listen(len(found))
        join()
        return join_parts(list(files.values()), out, listen)


def join_parts(files: Sequence[Path], out: Path, listen: Callable[[int], None]) -> ProposalIndex:
    """Write one file of many, with the boxes of no more than one of them in memory.

    Args:
        files: of which, in the order of their images; one at least.
        out: file to write, overwritten.
        listen: called with the number of images written more.
    """
    parts = [read_index(file) for file in files]
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    index = ProposalIndex(names=np.concatenate([part.names for part in parts]),
                          sizes=np.concatenate([part.sizes for part in parts]),
                          lengths=np.concatenate([part.lengths for part in parts]),
                          offsets=np.cumsum([0, *counts], dtype=np.int64),
                          meta={**parts[0].meta, 'bits': max(part.meta['bits'] for part in parts)})

    def boxes() -> Iterator[np.ndarray]:
        for file in files:
            part = read_proposals(file)
            yield part.boxes
            listen(len(part))

    write_in_pieces(out, index, boxes())
    return index


def _made(task: Task, missing: dict[int, tuple[str, ...]], processes: int,
          ) -> Generator[tuple[int, list[Found]], None, None]:
    if not missing:
        return
    with workers(task.images.folder, task.engine, task.seed, task.sixteen_bit,
                 min(processes, len(missing))) as submit:
        futures = {submit(names): start for start, names in missing.items()}
        for future in as_completed(futures):
            yield futures.pop(future), future.result()  # not kept: they are all boxes of a folder


def _part(names: Sequence[str], lengths: Sequence[int], found: list[Found],
          meta: dict[str, Any]) -> Proposals:
    boxes = [one.boxes for one in found]
    return Proposals(names=np.array(names), sizes=np.array([one.size for one in found], np.int32),
                     lengths=np.array(lengths, np.int64),
                     offsets=np.cumsum([0, *map(len, boxes)], dtype=np.int64),
                     meta={**meta, 'bits': max(one.bits for one in found)},
                     boxes=np.concatenate(boxes))


def _is_whole(file: Path) -> bool:
    try:
        read_proposals(file)
    except (FileNotFoundError, ValueError):
        return False
    return True
