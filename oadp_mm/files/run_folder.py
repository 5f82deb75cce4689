"""The newest whole checkpoint of a training's folder."""
from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint

_NAME = r'(epoch|iter)_(\d+)\.pth'


class Newest(NamedTuple):
    """A run's newest readable checkpoint.

    Args:
        path: where it lies.
        passed_over: why each newer one cannot be read, a sentence each, the newest first.
    """

    path: Path
    passed_over: list[str]


def run_checkpoints(folder: Path) -> list[Path]:
    """What a run saved in its course (`epoch_N.pth` or `iter_N.pth`, never `best_*`), newest first.

    Told by the numbers: `last_checkpoint` may be stale, half written or of another folder.

    Raises:
        CheckpointError: there is no such folder, or it holds both kinds, whose numbers do not
            compare.
    """
    if not folder.is_dir():
        raise CheckpointError(f'there is no folder {folder}: give the work_dir of a training')
    found: dict[str, dict[int, Path]] = {}
    for path in folder.iterdir():
        if name := re.fullmatch(_NAME, path.name):
            found.setdefault(name[1], {})[int(name[2])] = path
    if len(found) > 1:
        raise CheckpointError(f'{folder} holds checkpoints of a run in epochs (epoch_N.pth) and of '
                              'one in iterations (iter_N.pth): give the file itself')
    return [path for numbered in found.values()
            for _, path in sorted(numbered.items(), reverse=True)]


def newest_checkpoint(folder: Path) -> Newest:
    """The newest checkpoint of a run that can be read whole.

    Raises:
        CheckpointError: see `run_checkpoints`; or there is none, or none that can be read.
    """
    passed_over: list[str] = []
    for path in run_checkpoints(folder):
        try:
            read_checkpoint(path)
        except CheckpointError as error:
            passed_over.append(str(error))
        else:
            return Newest(path, passed_over)
    if passed_over:
        raise CheckpointError(f'none of the {len(passed_over)} checkpoints of {folder} can be '
                              f'read, the newest because {passed_over[0]}')
    if inner := runs_in(folder):
        raise CheckpointError(f'{folder} holds no checkpoint, but its folders do: give one of '
                              f'{", ".join(map(str, inner))}')
    raise CheckpointError(f'{folder} holds no checkpoint (epoch_N.pth or iter_N.pth): give the '
                          'work_dir of a training that has saved one')


def runs_in(folder: Path) -> list[Path]:
    """The folders right below one that hold checkpoints of runs, such as ORL's stages."""
    return [each for each in sorted(folder.iterdir()) if each.is_dir() and any(
        re.fullmatch(_NAME, path.name) for path in each.iterdir())]
