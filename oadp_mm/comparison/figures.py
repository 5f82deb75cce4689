"""A comparison's figures: runs of several methods, summed up over seeds, as a table and JSON."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median, stdev

from oadp_mm.probes.classifiers import FOLDS, NEIGHBOURS, STRENGTHS
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.page import Table


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
    return Table(['method', f'{NEIGHBOURS}-NN %', 'linear %', 's a step', 'peak MB', 'seeds'], rows)


def failed_runs(outcomes: Outcomes) -> list[str]:
    """'method, seed k' of each run that failed."""
    return [f'{method}, seed {seed}' for method, runs in outcomes.items()
            for seed, outcome in runs.items() if outcome is None]


def protocol(settings: Mapping) -> list[str]:
    """What was done and measured, a sentence each.

    Args:
        settings: `train`, `test` and `classes` (numbers), `epochs`, `batch`, `size`.
    """
    return [
        f'Every method pretrained the same backbone on the same {settings["train"]} train images, '
        f'without labels, for {budget(settings)}; augmentation, heads, loss and optimizer are its '
        'own, and how a residual branch starts (SimSiam: at zero). `random` is the untrained '
        'backbone.',
        f'Accuracy on {settings["test"]} test images of {settings["classes"]} classes from frozen '
        f'features: the mean of the last map over a centre crop of {settings["size"]} px. '
        f'{NEIGHBOURS} neighbours vote with the inverse of their cosine distance; the linear '
        'classifier is a logistic regression on standardised features, C from '
        f'{", ".join(f"{strength:g}" for strength in STRENGTHS)} by {FOLDS}-fold cross-validation '
        'on the train images.',
        'Accuracies: mean ± sample standard deviation over seeds. Seconds: the median over seeds '
        'of the median step, the first left out, the wait for data included. Memory: the largest '
        'peak of the training processes (on a GPU: of their tensors). Small data and short '
        'schedules: the table compares runs on this machine, it does not rank the methods.',
    ]


def budget(settings: Mapping) -> str:
    """'3 epochs in batches of 64'."""
    epochs = settings['epochs']
    return f'{epochs} epoch{"s" * (epochs > 1)} in batches of {settings["batch"]}'


def as_markdown(outcomes: Outcomes, settings: Mapping, command: str) -> str:
    """The page `comparison.md`."""
    parts = ['# Comparison', '\n\n'.join(protocol(settings)), f'```bash\n{command}\n```',
             markdown_table(figures_table(outcomes))]
    failed = failed_runs(outcomes)
    if failed:
        parts.append(f'Failed, and not in the means: {"; ".join(failed)}.')
    return '\n\n'.join([*parts, markdown_table(machine_table())]) + '\n'


def as_json(outcomes: Outcomes, settings: Mapping, command: str) -> dict:
    """The content of `comparison.json`: every run beside what it needs to be repeated."""
    return {
        'command': command,
        'settings': dict(settings),
        'protocol': protocol(settings),
        'machine': {row[0]: row[1] for row in machine_table().rows},
        'runs': [{'method': method, 'seed': seed, **({} if outcome is None else asdict(outcome)),
                  'failed': outcome is None}
                 for method, runs in outcomes.items() for seed, outcome in runs.items()],
        'failed': failed_runs(outcomes),
    }


def markdown_table(table: Table) -> str:
    """A table with its figures to the right."""
    rule = ['---', *(['---' if table.prose else '---:'] * (len(table.header) - 1))]
    return '\n'.join(f'| {" | ".join(row)} |' for row in (table.header, rule, *table.rows))


def _spread(values: Sequence[float]) -> str:
    """'41.2 ± 0.8', without the deviation of a single value."""
    if not values:
        return 'failed'
    return f'{mean(values):.1f}' + (f' ± {stdev(values):.1f}' if len(values) > 1 else '')


def _known(summary, values: Sequence[float | None], style: str) -> str:
    known = [value for value in values if value is not None]
    return format(summary(known), style) if known else '-'
