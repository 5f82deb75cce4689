"""What a comparison says: the protocol, the figures and the machine, as a page and as JSON."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from oadp_mm.comparison.figures import VOTERS, Outcome, Outcomes, failed_runs, figures_table
from oadp_mm.comparison.plan import RESULT, Run
from oadp_mm.files.whole_file import write_text
from oadp_mm.ops.neighbours import TEMPERATURE
from oadp_mm.probes.classifiers import FOLDS, STRENGTHS
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.tables import markdown_table
from oadp_mm.stages.stage import is_finished


def read_outcomes(runs: Sequence[Run], work_dir: Path) -> dict[str, dict[int, Outcome | None]]:
    """What each run left behind, None where it did not finish."""
    outcomes: dict[str, dict[int, Outcome | None]] = {}
    for run in runs:
        finished = is_finished(run.stage, work_dir)
        outcomes.setdefault(run.method, {})[run.seed] = Outcome(
            **json.loads((work_dir / run.stage.name / RESULT).read_text())) if finished else None
    return outcomes


def write_report(work_dir: Path, outcomes: Outcomes, settings: Mapping, command: str) -> list[Path]:
    """Write `comparison.md` and `comparison.json`, and return their paths.

    Args:
        work_dir: where to.
        outcomes: of all runs.
        settings: see `protocol`.
        command: that repeats the comparison.
    """
    content = json.dumps(as_json(outcomes, settings, command), indent=1) + '\n'
    page, data = work_dir / 'comparison.md', work_dir / 'comparison.json'
    write_text(page, as_markdown(outcomes, settings, command))
    write_text(data, content)
    return [page, data]


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
        f'{VOTERS} neighbours vote with exp(cosine / {TEMPERATURE:g}); the linear '
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
