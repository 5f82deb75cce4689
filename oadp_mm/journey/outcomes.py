"""What came out of a fine-tuning so far: figures, paired differences, and what they say."""
from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oadp_mm.files.whole_file import write_text
from oadp_mm.journey.earlier import CELL, JSON, read_earlier
from oadp_mm.journey.figures import figures
from oadp_mm.journey.finetuning import Labels, Run, Task
from oadp_mm.journey.hosts import METRICS, Model
from oadp_mm.ops.paired import HARMS, HELPS, NEITHER, paired_difference
from oadp_mm.reports.tables import Table, spread
from oadp_mm.stages.stage import is_finished, read_state


def write_outcomes(task: Task, runs: Sequence[Run], work_dir: Path) -> dict[str, Any]:
    """Write `finetune.json` of the runs that are finished, and return its content."""
    content = read_outcomes(task, runs, work_dir)
    write_text(work_dir / JSON, json.dumps(content, indent=1) + '\n')
    return content


def read_outcomes(task: Task, runs: Sequence[Run], work_dir: Path) -> dict[str, Any]:
    """The content of `finetune.json`: what was asked, each run's figures, all differences.

    Finished runs that an earlier call told of, and this one does not ask for, stay in it.
    """
    names = {model.name: model for model in task.models}
    done = [{'model': run.model, 'start': run.start, 'labels': run.labels, 'seed': run.seed,
             'folder': run.stage.name,
             'seconds': read_state(work_dir / run.stage.name)['seconds'],
             'metrics': figures(work_dir / run.stage.name, names[run.model])}
            for run in runs if is_finished(run.stage, work_dir)]
    earlier, now = read_earlier(work_dir), {_cell(vars(run)) for run in runs}
    kept = [run for run in earlier.get('runs', ()) if _cell(run) not in now
            and read_state(work_dir / run['folder']).get('finished')]
    models = {name: told for name, told in earlier.get('models', {}).items()
              if name in {run['model'] for run in kept}}
    models.update({model.name: _told(task, model, models.get(model.name)) for model in task.models})
    asked = [start.typed for start in task.starts]
    starts = [*dict.fromkeys(run['start'] for run in kept if run['start'] not in asked), *asked]
    done = sorted([*kept, *done], key=lambda run: (
        list(models).index(run['model']), _number(run['labels']), run['seed'],
        starts.index(run['start'])))
    data = task.data
    return {
        'kind': 'finetune', 'command': task.command, 'asked': dict(task.asked),
        'data': {'name': data.name, 'train': data.train, 'test': data.test,
                 'classes': list(data.classes or data.map_classes), 'digest': data.digest},
        'starts': starts, 'models': models, 'runs': done,
        'comparisons': [
            one for model, told in models.items() for metric in told['metrics']
            for labels in sorted({run['labels'] for run in done}, key=_number)
            for start in starts[:-1]
            if (one := comparison(done, model, metric, labels, start, starts[-1]))]}


def comparison(done: Sequence[Mapping], model: str, metric: str, labels: Labels, start: str,
               baseline: str) -> dict[str, Any] | None:
    """A start against another on the seeds that both have finished, None without one."""
    ours, theirs = (of_seeds(done, model, metric, labels, each) for each in (start, baseline))
    seeds = sorted(ours.keys() & theirs.keys())
    if not seeds:
        return None
    found = paired_difference([ours[seed] for seed in seeds], [theirs[seed] for seed in seeds],
                              step=METRICS[metric].step)
    return {'model': model, 'metric': metric, 'labels': labels, 'start': start,
            'baseline': baseline,
            'per_seed': {str(seed): round(ours[seed] - theirs[seed], 3) for seed in seeds},
            'difference': round(found.difference, 3),
            'interval': found.interval and [round(end, 3) for end in found.interval],
            'verdict': found.verdict}


def of_seeds(done: Sequence[Mapping], model: str, metric: str, labels: Labels,
             start: str) -> dict[int, float]:
    """A figure by seed."""
    return {run['seed']: run['metrics'][metric] for run in done
            if (run['model'], run['labels'], run['start']) == (model, labels, start)}


def tables(content: Mapping[str, Any]) -> dict[str, Table]:
    """By model: a row a metric and number of labels, each start, then the differences to the
    last."""
    *others, baseline = content['starts']
    header = ['metric', 'labels', *content['starts']]
    for start in others:
        header += [f'{start} - {baseline}', 'by seed']
    found: dict[str, Table] = {}
    for model, metric, labels in _cells(content):
        row = [metric, str(labels),
               *(spread(list(of_seeds(content['runs'], model, metric, labels, start).values()))
                 for start in content['starts'])]
        for start in others:
            row += _differences(_comparison(content, model, metric, labels, start))
        found.setdefault(model, Table(header, []))
        found[model] = Table(header, [*found[model].rows, row])
    return found


def sentences(content: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[str]:
    """What each difference says, one sentence a metric and number of labels.

    Args:
        content: what `oadp-mm finetune` writes.
        names: of starts, by what was typed; None: that.
    """
    said, names = [], names or {}
    for one in content['comparisons']:
        labels = ('all labels' if one['labels'] == 'all' else f'{one["labels"]} labels')
        seeds = len(one['per_seed'])
        about = f'{one["metric"]} of {one["model"]} with {labels}'
        start, baseline = (names.get(one[key], one[key]) for key in ('start', 'baseline'))
        figure = (f'{one["difference"]:+.1f} over {baseline}, '
                  + (f'95 % interval {_interval(one["interval"])}, {seeds} seeds'
                     if one['interval'] else 'one seed'))
        said.append({
            HELPS: f'{about}: {start} helps ({figure}).',
            HARMS: f'{about}: {start} harms ({figure}).',
            NEITHER: f'{about}: no difference of {start} seen ({figure}).',
        }.get(one['verdict'], f'{about}: no verdict on {start} from one seed ({figure}).'))
    return said


def _cell(run: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(run[key] for key in CELL)


def _number(labels: Labels) -> float:
    return math.inf if labels == 'all' else labels


def _told(task: Task, model: Model, before: Mapping[str, Any] | None) -> dict[str, Any]:
    lengths = {str(labels): task.length(model, labels) for labels in task.labels}
    first = next(iter(lengths.values()))
    return {'host': model.host, 'config': model.typed,
            'steps': {**(before['steps'] if before else {}),
                      **{labels: length.steps for labels, length in lengths.items()}},
            'batch': first.batch, 'size': first.size, 'metrics': list(model.metrics)}


def _cells(content: Mapping[str, Any]) -> list[tuple[str, str, Labels]]:
    """Of all runs, in order."""
    return list(dict.fromkeys(
        (model, metric, run['labels']) for model, told in content['models'].items()
        for metric in told['metrics'] for run in content['runs'] if run['model'] == model))


def _comparison(content: Mapping[str, Any], *cell: object) -> Mapping[str, Any] | None:
    keys = ('model', 'metric', 'labels', 'start')
    return next((one for one in content['comparisons']
                 if tuple(one[key] for key in keys) == cell), None)


def _differences(one: Mapping[str, Any] | None) -> list[str]:
    """The mean with its interval, and those of the seeds."""
    if not one:
        return ['-', '-']
    within = f' ({_interval(one["interval"])})' if one['interval'] else ''
    return [f'{one["difference"]:+.1f}{within}',
            ' '.join(f'{each:+.1f}' for each in one['per_seed'].values())]


def _interval(interval: Sequence[float]) -> str:
    return f'{interval[0]:+.1f} to {interval[1]:+.1f}'
