"""A fine-tuning on labels that are nowhere, for plans that run nothing."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from oadp_mm.datasets.labelled.labelled import Labelled
from oadp_mm.datasets.labelled.read import read_labelled
from oadp_mm.journey.finetuning import Task
from oadp_mm.journey.hosts import read_model
from oadp_mm.journey.starts import Start, resnet
from tests.datasets.labelled.tiny_labels import write_coco


def labelled(root: Path, **options: Any) -> Labelled:
    return read_labelled([str(write_coco(root, **options))], root / 'out')


def starts() -> list[Start]:
    """A file that is yet to be written, and random weights."""
    return [Start('runs/a', 'a', resnet(18), file=Path('/no/a.pth'), key='tensors of a'),
            Start('random', 'random', resnet(18))]


def task(root: Path, **changes: Any) -> Task:
    settings = dict(data=labelled(root / 'data'), models=[read_model('mask-rcnn-small')],
                    starts=starts(), labels=[2, 'all'], seeds=2, command='oadp-mm finetune ...')
    return Task(**{**settings, **changes})
