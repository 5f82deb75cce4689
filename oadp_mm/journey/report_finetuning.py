"""What a page tells of a fine-tuning: figures over seeds, paired differences, curves, pictures."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from oadp_mm.files.config_text import without_templates
from oadp_mm.journey.outcomes import sentences, tables
from oadp_mm.journey.report_predictions import prediction_pictures
from oadp_mm.journey.runs_below import Record
from oadp_mm.pictures.curves import draw_curves
from oadp_mm.pictures.dots import draw_dots
from oadp_mm.reports.page import Picture, Section, embed
from oadp_mm.reports.training_log import find_training_log

Runs = Sequence[Mapping[str, Any]]
#: Per cent that the best run must reach, and by which runs must differ somewhere, before a
#: difference means anything.
FLOOR, SAME = 5., 0.05


def finetuning_section(record: Record, name: str) -> Section:
    """All that a `finetune.json` tells, half-done ones too."""
    told = record.content
    data = told['data']
    classes = data['classes']
    text = [f'{data["name"]}: {data["train"]} train and {data["test"]} test images, '
            f'{len(classes)} class{"es" * (len(classes) != 1)} ({_few(classes)}). Runs of one seed '
            'share labels, order of data and schedule, and differ in their start alone.']
    if left := unfinished(record, name):
        text.append(left)
    elif not told['runs']:
        text.append('No run is finished: the same command goes on.')
    return Section(name, text, commands=[told['command']], parts=[
        _model(model, told, record.path.parent) for model in told['models']
        if _runs_of(told, model)])


def verdicts(record: Record, name: str, names: Mapping[str, str]) -> Iterator[str]:
    """What is left to do, a sentence a comparison, and one of each figure that is at its floor.

    Args:
        record: of a fine-tuning.
        name: its own.
        names: of its starts, by what was typed.
    """
    if left := unfinished(record, name):
        yield left
    yield from sentences(record.content, names)
    for model, settings in record.content['models'].items():
        for metric in settings['metrics']:
            values = [run['metrics'][metric] for run in _runs_of(record.content, model)]
            if floor := _floor(values):
                yield (f'{metric} of {model}: {floor}: starts cannot be told apart there, whatever '
                       'the verdicts say; train for longer (--steps), or with more labels.')


def unfinished(record: Record, name: str) -> str:
    """How many of the runs are done whose configs the command wrote; '' if all of them are."""
    told, folder = record.content, record.path.parent
    asked = without_templates(f'# Asked for: {told["command"]}')
    planned = {path.stem for path in (folder / 'configs').glob('*.py')
               if asked in path.read_text('utf-8', 'replace').splitlines()}
    left = planned - {run['folder'].replace('/', '_') for run in told['runs']}
    return (f'{name}: {len(planned) - len(left)} of {len(planned)} runs are done; '
            'the same command goes on.') if left else ''


def _floor(values: Sequence[float]) -> str:
    """Why these figures are at their floor; '' if they are not."""
    if values and max(values) < FLOOR:
        return f'no run reaches {FLOOR:g} %'
    if len(values) > 1 and max(values) - min(values) < SAME:
        return f'all runs give {values[0]:.1f} %, as where one class is predicted everywhere'
    return ''


def start_names(starts: Sequence[str]) -> dict[str, str]:
    """The last part of each path, where these differ, by what was typed."""
    last = [Path(start).name for start in starts]
    return dict(zip(starts, last if len(set(last)) == len(last) else starts, strict=True))


def labels_text(labels: int | str) -> str:
    """How much was labelled, in words."""
    return 'all labels' if labels == 'all' else f'{labels} labelled images'


def _few(classes: Sequence[str], most: int = 8) -> str:
    return ', '.join(classes[:most]) + (', ...' if len(classes) > most else '')


def _runs_of(told: Mapping[str, Any], model: str) -> Runs:
    return [run for run in told['runs'] if run['model'] == model]


def _model(model: str, told: Mapping[str, Any], folder: Path) -> Section:
    settings, runs, starts = told['models'][model], _runs_of(told, model), start_names(
        told['starts'])
    drawn, why_not = prediction_pictures(runs, starts, folder)
    lengths = ', '.join(f'{steps} steps with {labels_text(labels)}'
                        for labels, steps in settings['steps'].items())
    text = [f'{settings["config"]} of {settings["host"]}: {lengths}, {settings["batch"]} images '
            'each.']
    table = replace(tables(told)[model], title='Per cent, mean ± deviation of a sample over seeds; '
                    'paired differences with their 95 % interval')
    return Section(model, [*text, *([why_not] if why_not else [])], [table], [
        _dots(runs, settings['metrics'], starts), *_curves(runs, starts, folder), *drawn])


def _groups(runs: Runs, starts: Mapping[str, str]) -> dict[tuple[int | str, str], Runs]:
    """Runs by labels and start."""
    labels = dict.fromkeys(run['labels'] for run in runs)
    found = {(each, start): [run for run in runs if (run['labels'], run['start']) == (each, start)]
             for each in labels for start in starts}
    return {key: own for key, own in found.items() if own}


def _dots(runs: Runs, metrics: Sequence[str], starts: Mapping[str, str]) -> Picture:
    groups = _groups(runs, starts)
    several = len({run['labels'] for run in runs}) > 1
    panels = {f'{metric}, {labels_text(labels)}' if several else metric: {
        starts[start]: {str(run['seed']): run['metrics'][metric] for run in own
                        if metric in run['metrics']}
        for (those, start), own in groups.items() if those == labels}
        for metric in metrics for labels in dict.fromkeys(labels for labels, _ in groups)}
    return embed(draw_dots(panels, '%'), 'Each dot is a run; runs of one seed are joined, bars are '
                 'means. Axes do not begin at 0.', kind='svg', wide=len(panels) > 2)


def _curves(runs: Runs, starts: Mapping[str, str], folder: Path) -> list[Picture]:
    labels = runs[-1]['labels']
    curves = {}
    for start, name in starts.items():
        own = [find_training_log(folder / run['folder']).curve('loss') for run in runs
               if (run['labels'], run['start']) == (labels, start)]
        if any(own):
            curves[f'from {name}'] = mean_curve([curve for curve in own if curve])
    if not any(curves.values()):
        return []
    return [embed(draw_curves(curves, 'loss'), f'Training loss with {labels_text(labels)}, mean '
                  'over seeds.', kind='svg')]


def mean_curve(curves: Sequence[Sequence[tuple[float, float]]]) -> list[tuple[float, float]]:
    """The mean of curves at the steps that all of them have."""
    values = [dict(curve) for curve in curves]
    steps = sorted(set.intersection(*map(set, values)))
    return [(step, mean(each[step] for each in values)) for step in steps]
