"""The figures of a fine-tuning's run, out of the log of its last validation."""
from __future__ import annotations

import json
import math
from pathlib import Path

from oadp_mm.journey.hosts import METRICS, Model
from oadp_mm.reports.training_log import find_training_log


def figures(folder: Path, model: Model, steps: int = 0) -> dict[str, float]:
    """A run's figures in per cent, by the names of `METRICS`.

    Args:
        folder: of the run.
        model: that it trained.
        steps: of the training; a validation before the last one does not count.

    Raises:
        ValueError: nothing was measured behind the last step, or nothing that is a figure.
    """
    last = next(reversed(find_training_log(folder).measured), None)
    if last is None or last['step'] < steps:
        raise ValueError(f'figures behind step {steps}')
    if model.host == 'mmdet' and 'coco/bbox_mAP' not in last and _found_nothing(folder):
        return dict.fromkeys(model.metrics, 0.0)
    found = {name: METRICS[name].scale * last.get(METRICS[name].key, math.nan)
             for name in model.metrics}
    for name, value in found.items():
        if not value >= 0:  # -1 is COCO's word for nothing to measure
            raise ValueError(f'a figure for {name}')
    return {name: round(value, 3) for name, value in found.items()}


def lacking(model: Model, folder: Path, steps: int) -> str:
    """What `figures` would raise, '' if nothing."""
    try:
        figures(folder, model, steps)
    except ValueError as error:
        return str(error)
    return ''


def _found_nothing(folder: Path) -> bool:
    """Whether the detector has no box in any image, of which mmdet computes nothing."""
    path = folder / 'predictions.bbox.json'
    return path.is_file() and json.loads(path.read_bytes()) == []
