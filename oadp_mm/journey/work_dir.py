"""The folder of a pretraining: its one config, a lab note, and how far an earlier call came."""
from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple

from oadp_mm.files.config_text import read_assignment, without_templates
from oadp_mm.files.lock import hold
from oadp_mm.files.run_folder import newest_checkpoint, run_checkpoints
from oadp_mm.files.whole_file import write_text
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.pretraining import Pretraining

NAME = 'pretrain.py'
#: Of the command, beside that of the training, which may run in processes of its own.
LOCK = '.pretrain.lock'


class Earlier(NamedTuple):
    """What an earlier call of the same command left.

    Args:
        checkpoint: whether it saved one.
        finished: whether the last epoch is done.
    """

    checkpoint: bool
    finished: bool


def look(folder: Path, asked: Asked) -> Earlier:
    """How far the pretraining that was asked for has come in its folder.

    Raises:
        ValueError: the folder holds another training.
        CheckpointError: it holds checkpoints, none of which can be read.
    """
    if not folder.is_dir() or not run_checkpoints(folder):
        return Earlier(False, False)
    before = asked_before(folder)
    if before is None:
        raise ValueError(f'{folder} holds checkpoints of a training that oadp-mm pretrain did not '
                         'begin: give another --work-dir')
    if different := before.differences(asked):
        then, now = (', '.join(each) for each in zip(*different, strict=True))
        raise ValueError(f'{folder} holds a pretraining with {then}, and with {now} it would be '
                         'another: give another --work-dir for it, or the same as before')
    newest = newest_checkpoint(folder).path
    return Earlier(True, newest.name == f'epoch_{asked.epochs}.pth')


def write_config(folder: Path, asked: Asked, planned: Pretraining) -> Path:
    """Write the config of a pretraining that begins, which its runner leaves as it is.

    Raises:
        OSError: a training is running in the folder.
    """
    path, config = folder / NAME, planned.config.copy()
    config.work_dir = str(folder)
    if (proposals := config.train_dataloader.dataset.get('proposals')) is not None:
        proposals.files = str(folder / proposals.files)  # an absolute one stays
    config.asked = asked.as_dict()
    with hold(folder, 'training'):
        write_text(path, without_templates(_note(path, asked, planned) + config.pretty_text))
    return path


def host_command(path: Path, gpus: int) -> str:
    """The same training by the host's own script."""
    several = ['--launcher', 'pytorch', '--gpus', str(gpus)] if gpus > 1 else []
    return shlex.join(['mim', 'train', 'mmpretrain', str(path), '--work-dir', str(path.parent),
                       *several])


def asked_before(folder: Path) -> Asked | None:
    """What a pretraining in a folder was asked for; None where none of ours is."""
    path = folder / NAME
    text = path.read_text(encoding='utf-8', errors='replace') if path.is_file() else ''
    told = read_assignment(text, 'asked')
    return Asked.read(told) if isinstance(told, dict) and 'folder' in told else None


def _note(path: Path, asked: Asked, planned: Pretraining) -> str:
    lines = [f'Asked: {asked.command(path.parent)}',
             f'Command: {host_command(path, asked.gpus)}',
             f'Images: {planned.images}, {planned.iterations} iterations an epoch, '
             f'{planned.steps} optimizer steps.',
             *(f'{name[0].upper()}{name[1:]}: {reason}' for name, reason in
               planned.reasons.items())]
    # A line break in a path would make code of what follows it.
    return ''.join(f'# {" ".join(line.splitlines())}\n' for line in lines)
