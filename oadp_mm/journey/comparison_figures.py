"""What the runs of a comparison gave: the main figures of a probe, and what a step cost."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from oadp_mm.reports.tables import Table, spread
from oadp_mm.reports.training_log import find_training_log

#: Of each family, the figures that a table of methods shows; all of them are in the probe's own.
MAIN = {'image': r'\d+-NN|linear', 'region': r'\d+-NN|mAP', 'dense': r'R2 .*|context all',
        'label-free': 'found again'}


@dataclass(frozen=True)
class Outcome:
    """What one run of a method gave.

    Args:
        method: its name, or `random`.
        seed: of everything random.
        failed: whether it did not come to its end.
        figures: by family, name and unit.
        seconds_per_step: median over the log, the wait for data included; None if untrained.
        peak_memory_mb: of the training process, on a GPU of its tensors there.
    """

    method: str
    seed: int
    failed: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds_per_step: float | None = None
    peak_memory_mb: float | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Outcome:
        """What `as_dict` gave."""
        return cls(**told)

    def as_dict(self) -> dict[str, Any]:
        """As `comparison.json` holds it."""
        return asdict(self)


def main_figures(probed: Mapping[str, Any]) -> dict[str, float]:
    """Those of `MAIN`, of what `probes.probe.probe` gave of one network."""
    return {f'{family} {each["name"]} {each["unit"]}'.strip(): each['value']
            for family, figures in probed['figures'].items() for each in figures
            if not each['detail'] and re.fullmatch(MAIN[family], each['name'])}


def cost(folder: Path) -> tuple[float | None, float | None]:
    """Seconds a step and peak memory in MB of a training, from its log; None if it has none."""
    rows = find_training_log(folder).train
    # The first steps also start the data workers and fill the caches.
    seconds = [row['time'] for row in rows if 'time' in row]
    memory = [row['memory'] for row in rows if 'memory' in row]
    return median(seconds[1:] or seconds) if seconds else None, max(memory, default=None)


def figures_table(outcomes: Sequence[Outcome]) -> Table:
    """One row a method: means over its finished runs, with the sample's standard deviation."""
    names = list(dict.fromkeys(name for each in outcomes for name in each.figures))
    rows = []
    for method in dict.fromkeys(each.method for each in outcomes):
        runs = [each for each in outcomes if each.method == method]
        done = [each for each in runs if not each.failed]
        rows.append([
            method,
            *(spread([each.figures[name] for each in done if name in each.figures],
                     1 if name.endswith('%') else 2) for name in names),
            _known(median, (each.seconds_per_step for each in done), '.2f'),
            _known(max, (each.peak_memory_mb for each in done), '.0f'),
            f'{len(done)}' if len(done) == len(runs) else f'{len(done)} of {len(runs)}',
        ])
    return Table(['method', *names, 's a step', 'peak MB', 'seeds'], rows)


def failed_runs(outcomes: Iterable[Outcome]) -> list[str]:
    """'method, seed k' of each run that failed."""
    return [f'{each.method}, seed {each.seed}' for each in outcomes if each.failed]


def _known(summary, values: Iterable[float | None], style: str) -> str:
    known = [value for value in values if value is not None]
    return format(summary(known), style) if known else '-'
