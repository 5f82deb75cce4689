"""What lies below a folder: trainings, the figures that our commands wrote, and their stages."""
from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmpretrain.models.selfsup import BaseSelfSupervisor
from mmpretrain.registry import MODELS

from oadp_mm.files.config_text import read_assignments
from oadp_mm.journey.work_dir import NAME
from oadp_mm.reports.training_log import TrainingLog, find_training_log
from oadp_mm.stages.stage import read_state

#: How deep one looks, and in which folders never: images and features, of which there are many.
DEPTH = 6
_NOT_IN = {'annotations', 'cache', 'data', 'images', 'masks', 'predictions'}
#: What the commands leave: the `kind` that a file of this name tells.
RECORDS = {'probe.json': 'probe', 'finetune.json': 'finetune', 'comparison.json': 'comparison'}
#: Bytes of another `.json` that may be a probe's; annotations are larger.
_LARGEST = 4 << 20


@dataclass(frozen=True)
class Training:
    """A folder in which mmengine trained, or in which `oadp-mm pretrain` was about to.

    Args:
        folder: its work_dir.
        config: what it says, values that are no literals left out; empty if there is none.
        log: empty where nothing was logged yet.
    """

    folder: Path
    config: Mapping[str, Any]
    log: TrainingLog

    @property
    def pretrains(self) -> bool:
        """Whether its model learns without labels: one of ours, or of mmpretrain's."""
        kind = (self.config.get('model') or {}).get('type')
        scope = self.config.get('default_scope') or 'mmpretrain'
        if not isinstance(kind, str) or (scope != 'mmpretrain' and '.' not in kind):
            return False
        found = MODELS.get(kind) if kind.partition('.')[0] not in ('mmdet', 'mmseg') else None
        return isinstance(found, type) and issubclass(found, BaseSelfSupervisor)


@dataclass(frozen=True)
class Record:
    """A file of figures that a command wrote: where, its kind, and what it holds."""

    path: Path
    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Below:
    """What was found, each in the order of its path.

    Args:
        trainings: of any kind.
        records: of probes, fine-tunings and comparisons, no content twice.
        stages: folders of commands that `oadp_mm.stages` ran, with what they remember.
        damaged: why a file could not be used, a sentence each.
    """

    trainings: Sequence[Training]
    records: Sequence[Record]
    stages: Sequence[tuple[Path, Mapping[str, Any]]]
    damaged: Sequence[str]

    def of(self, kind: str) -> list[Record]:
        """The records of a kind."""
        return [record for record in self.records if record.kind == kind]


def runs_below(root: Path) -> Below:
    """Look through a folder and what is below it.

    Raises:
        FileNotFoundError: there is no such folder, or nothing of ours in it.
    """
    if not root.is_dir():
        raise FileNotFoundError(f'there is no folder {root}: give one with the folders of '
                                'pretrainings, probes or fine-tunings below it')
    trainings, records, stages, damaged = [], list[Record](), [], list[str]()
    for folder, names, attempts in _folders(root):
        if attempts or (folder / NAME).is_file():
            training = _training(folder)
            if attempts or training.pretrains:
                trainings.append(training)
        for name in names:
            record = _record(folder / name, damaged)
            if record and record.content not in [each.content for each in records]:
                records.append(record)
        if state := read_state(folder):
            stages.append((folder, state))
    if not (trainings or records or stages):
        raise FileNotFoundError(
            f'nothing below {root} is a run: expected folders of oadp-mm pretrain, probe, finetune '
            'or compare, or any work_dir of a training (with TIME/vis_data in it)'
            + (f'; {damaged[0]}' if damaged else ''))
    return Below(trainings, records, stages, damaged)


def _folders(root: Path) -> Iterator[tuple[Path, list[str], bool]]:
    """Each folder, the names of its JSON files, and whether mmengine trained in it."""
    for place, folders, files in os.walk(root):
        folder = Path(place)
        attempts = {name for name in folders if (folder / name / 'vis_data').is_dir()}
        deep = len(folder.relative_to(root).parts) >= DEPTH
        folders[:] = [] if deep else sorted(
            name for name in set(folders) - attempts - _NOT_IN if not name.startswith('.'))
        yield folder, sorted(name for name in files if name.endswith('.json')), bool(attempts)


def _training(folder: Path) -> Training:
    # What mmengine wrote beside the losses is whole; a config beside the checkpoints may have been
    # edited since, or be another's.
    configs = sorted(folder.glob('*/vis_data/config.py')) or sorted(folder.glob('*.py'))
    text = configs[-1].read_text('utf-8', 'replace') if configs else ''
    return Training(folder, read_assignments(text), find_training_log(folder))


def _record(path: Path, damaged: list[str]) -> Record | None:
    if path.name not in RECORDS and path.stat().st_size > _LARGEST:
        return None
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        if path.name in RECORDS:
            damaged.append(f'{path} cannot be read ({error}): repeat the command that wrote it')
        return None
    told = isinstance(content, dict) and content.get('kind') in RECORDS.values()
    return Record(path, content['kind'], content) if told else None
