"""The demo's figures: what the fine-tuned models reached from both starts."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oadp_mm.reports.tables import Table
from oadp_mm.reports.training_log import read_training_log

#: Heading -> (model, name in the log, what turns it into percent).
METRICS = {
    'box AP': ('mask-rcnn', 'coco/bbox_mAP', 100),
    'mask AP': ('mask-rcnn', 'coco/segm_mAP', 100),
    'mIoU': ('fcn', 'mIoU', 1),
}
#: Suffix of the stage -> what it starts from.
STARTS = {'oadp': 'OADP', 'random': 'random initialisation'}


@dataclass(frozen=True)
class Figures:
    """Percent by start and heading, e.g. `values['oadp', 'box AP']`."""

    values: Mapping[tuple[str, str], float]

    def table(self) -> Table:
        """One row a start, then the difference."""
        rows = [[title, *(_text(self.values[start, name]) for name in METRICS)]
                for start, title in STARTS.items()]
        gains = (self.values['oadp', name] - self.values['random', name] for name in METRICS)
        rows.append(['difference', *(_text(gain, '+.1f') for gain in gains)])
        return Table(['start', *METRICS], rows)


def read_figures(work_dir: Path) -> Figures:
    """Read the last validation of each fine-tuning below `work_dir`.

    Raises:
        FileNotFoundError: if a training left no log.
        ValueError: if a training was not validated.
    """
    values = {}
    for start in STARTS:
        for name, (model, key, factor) in METRICS.items():
            metrics = read_training_log(work_dir / f'{model}_{start}').metrics
            if key not in metrics:
                raise ValueError(f'the log of {model}_{start} holds no {key}: its training ended '
                                 'without a validation; run the demo with --clean')
            values[start, name] = factor * metrics[key]
    return Figures(values)


def _text(value: float, style: str = '.1f') -> str:
    return format(value, style) if math.isfinite(value) else 'n/a'
