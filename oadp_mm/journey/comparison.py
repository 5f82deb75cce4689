"""What a comparison says: the protocol, the figures and the machine, as a page and as JSON."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oadp_mm.files.whole_file import write_text
from oadp_mm.journey.comparing import FEATURES, FLOOR, Run, parse_methods
from oadp_mm.journey.comparison_figures import (
    Outcome,
    cost,
    failed_runs,
    figures_table,
    main_figures,
)
from oadp_mm.journey.methods import WITH_CORRESPONDENCES
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.tables import markdown_table
from oadp_mm.stages.stage import Stage, is_finished

_VIEWS = {'paper': "augmented as the method's paper does", 'mild': 'mildly augmented alike'}


def read_outcomes(runs: Sequence[Run], probe: Stage | None, work_dir: Path) -> list[Outcome]:
    """What each run left behind, the untrained networks first.

    Args:
        runs: all that were asked for.
        probe: of those that finished; None if none did.
        work_dir: of all stages.
    """
    probed: dict[str, dict[str, float]] = {}
    if probe and is_finished(probe, work_dir):
        told = json.loads((work_dir / FEATURES / 'probe.json').read_text())
        probed = {each['name']: main_figures(each) for each in told['probed']}
    floors = [Outcome(FLOOR, int(name.partition(':')[2]), figures=figures)
              for name, figures in probed.items() if name.startswith(f'{FLOOR}:')]
    return floors + [
        Outcome(run.method, run.seed, False, probed.get(str(work_dir / run.stage.name), {}),
                *cost(work_dir / run.stage.name))
        if is_finished(run.stage, work_dir) else Outcome(run.method, run.seed, failed=True)
        for run in runs]


def write_comparison(work_dir: Path, outcomes: Sequence[Outcome], settings: Mapping[str, Any],
                     command: str) -> list[Path]:
    """Write `comparison.md` and `comparison.json`, and return their paths.

    Args:
        work_dir: where to.
        outcomes: of all runs.
        settings: see `protocol`.
        command: that repeats the comparison.
    """
    content = {'kind': 'comparison', 'command': command, 'settings': dict(settings),
               'protocol': protocol(settings),
               'machine': {row[0]: row[1] for row in machine_table().rows},
               'runs': [each.as_dict() for each in outcomes], 'failed': failed_runs(outcomes)}
    page, data = work_dir / 'comparison.md', work_dir / 'comparison.json'
    write_text(page, as_markdown(outcomes, settings, command))
    write_text(data, json.dumps(content, indent=1) + '\n')
    return [page, data]


def protocol(settings: Mapping[str, Any]) -> list[str]:
    """What was done and measured, a sentence each.

    Args:
        settings: `data`, `train` and `test` (numbers), `methods` as typed, `backbone`, `epochs`,
            `batch`, `size`, `augment`.
    """
    return [
        f'Every method pretrained the same {settings["backbone"]} on the same {settings["train"]} '
        f'train images of {settings["data"]}, without labels, for {budget(settings)}, views of '
        f'{settings["size"]} px, {_VIEWS[settings["augment"]]}; heads, loss and learning rate are '
        'its own. `random` is the untrained backbone, of as many seeds.',
        f'Figures are those of oadp-mm probe on {settings["test"]} test images, from frozen '
        'features with batch-norm statistics of clean images: docs/probes.md.',
        *uncounted(settings['methods']),
        'Mean ± sample standard deviation over seeds. Seconds: the median over seeds of the median '
        'step, the first logged left out, the wait for data included. Memory: the largest peak of '
        'the training processes (on a GPU: of their tensors). Small data and short schedules: the '
        'table compares runs on this machine, it does not rank the methods.',
    ]


def uncounted(methods: str) -> list[str]:
    """What some methods learn from that took longer than the table tells; a sentence, or none.

    Args:
        methods: as typed.
    """
    orl = [name for name in parse_methods(methods) if name in WITH_CORRESPONDENCES]
    return [f'{" and ".join(orl)} learn{"s" * (len(orl) == 1)} from regions that a first stage '
            'found, which was trained as long as each run, is the same for all seeds, and is not '
            'counted.'] if orl else []


def budget(settings: Mapping[str, Any]) -> str:
    """'3 epochs in batches of 64'."""
    epochs = settings['epochs']
    return f'{epochs} epoch{"s" * (epochs > 1)} in batches of {settings["batch"]}'


def as_markdown(outcomes: Sequence[Outcome], settings: Mapping[str, Any], command: str) -> str:
    """The page `comparison.md`."""
    parts = ['# Comparison', '\n\n'.join(protocol(settings)), f'```bash\n{command}\n```',
             markdown_table(figures_table(outcomes))]
    if failed := failed_runs(outcomes):
        parts.append(f'Failed, and not in the means: {"; ".join(failed)}.')
    return '\n\n'.join([*parts, markdown_table(machine_table())]) + '\n'
