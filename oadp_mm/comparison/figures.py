"""A comparison's figures: what each run gave, and how a method did over its seeds."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

from oadp_mm.ops.neighbours import NEIGHBOURS
from oadp_mm.reports.tables import Table

VOTERS = NEIGHBOURS[0]


@dataclass(frozen=True)
class Outcome:
    """What one run of a method gave.

    Args:
        knn: accuracy of k nearest neighbours, in per cent.
        linear: accuracy of the linear classifier, in per cent.
        seconds_per_step: median over the steps, the wait for data included; None if untrained.
        seconds_waiting: the median of that wait.
        peak_memory_mb: of the training process, on a GPU of its tensors there.
        steps: of the optimizer.
    """

    knn: float
    linear: float
    seconds_per_step: float | None = None
    seconds_waiting: float | None = None
    peak_memory_mb: float | None = None
    steps: int = 0


#: Method -> seed -> what came out, or None of a run that failed.
Outcomes = Mapping[str, Mapping[int, Outcome | None]]


def figures_table(outcomes: Outcomes) -> Table:
    """One row a method: means over its finished runs, with the sample's standard deviation."""
    rows = []
    for method, runs in outcomes.items():
        done = [outcome for outcome in runs.values() if outcome is not None]
        rows.append([
            method,
            _spread([outcome.knn for outcome in done]),
            _spread([outcome.linear for outcome in done]),
            _known(median, [outcome.seconds_per_step for outcome in done], '.2f'),
            _known(max, [outcome.peak_memory_mb for outcome in done], '.0f'),
            f'{len(done)}' if len(done) == len(runs) else f'{len(done)} of {len(runs)}',
        ])
    return Table(['method', f'{VOTERS}-NN %', 'linear %', 's a step', 'peak MB', 'seeds'], rows)


def failed_runs(outcomes: Outcomes) -> list[str]:
    """'method, seed k' of each run that failed."""
    return [f'{method}, seed {seed}' for method, runs in outcomes.items()
            for seed, outcome in runs.items() if outcome is None]


def _spread(values: Sequence[float]) -> str:
    """'41.2 ± 0.8', without the deviation of a single value."""
    if not values:
        return 'failed'
    return f'{mean(values):.1f}' + (f' ± {stdev(values):.1f}' if len(values) > 1 else '')


def _known(summary, values: Sequence[float | None], style: str) -> str:
    known = [value for value in values if value is not None]
    return format(summary(known), style) if known else '-'
