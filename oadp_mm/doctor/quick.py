"""What a training asks the doctor before its plan: what costs no second, and is not well."""
from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

from oadp_mm.doctor.finding import Finding, by_importance
from oadp_mm.doctor.machine import (
    BATCH,
    CHECKPOINT,
    PLENTY,
    disk_finding,
    free_disk,
    machine_findings,
)
from oadp_mm.doctor.packages import needed_findings, operators_finding


def quick_lines(work_dir: Path, *, batch: int = BATCH, workers: int | None = None,
                checkpoint: Callable[[], int] = lambda: CHECKPOINT, detectors: bool = False,
                ) -> list[str]:
    """Problems and notes on the machine, a line each; none where all is well.

    Args:
        work_dir: where checkpoints will lie; it need not be there.
        batch: bytes of a batch of views.
        workers: processes that load images; None: of the rule.
        checkpoint: tells the bytes of one, asked only where the disk has not plenty.
        detectors: whether mmcv's compiled operators are needed.
    """
    found = [*needed_findings(platform.python_version()),
             *machine_findings(batch, workers, quick=True)]
    if detectors:
        found.append(operators_finding(needed=True))
    place, free = free_disk(work_dir)
    if free < PLENTY:
        found.append(disk_finding(place, free, checkpoint()))
    return list(_told(found))


def _told(findings: list[Finding]) -> Iterator[str]:
    for mark, topic, sentence, _ in by_importance(findings):
        if mark != 'ok':
            yield f'oadp-mm: {mark}: {topic}: {sentence}'
