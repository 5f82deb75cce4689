"""What a page tells of a comparison: its table of methods, and the course of their trainings."""
from __future__ import annotations

from oadp_mm.journey.comparison_figures import Outcome, failed_runs, figures_table
from oadp_mm.journey.runs_below import Record
from oadp_mm.pictures.curves import draw_curves
from oadp_mm.reports.page import Picture, Section, embed
from oadp_mm.reports.training_log import find_training_log

#: What the log holds of each method's first seed -> label of the axis, what one sees.
_CURVES = {
    'loss': ('loss', 'Losses of the first seed. Methods have losses of their own: only their '
             'course can be compared.'),
    'health/effective_rank': ('effective rank', 'Directions that the features of whole views use, '
                              'of the first seed. A fall is usual, one to nearly 1 is a collapse.')}


def comparison_section(record: Record, name: str) -> Section:
    """All that a `comparison.json` tells, and the logs beside it."""
    told = record.content
    outcomes = outcomes_of(record)
    failed = failed_runs(outcomes)
    text = [*told['protocol'], *([f'Failed, and not in the means: {"; ".join(failed)}.']
                                 if failed else [])]
    return Section(name, text, [figures_table(outcomes)], _pictures(record, outcomes),
                   [told['command']])


def compared(record: Record, name: str) -> str:
    """One sentence: what was compared, and of what."""
    outcomes, settings = outcomes_of(record), record.content['settings']
    methods = dict.fromkeys(each.method for each in outcomes)
    end = ('the table is below' if any(each.figures for each in outcomes) else
           'nothing has measured them yet, which the same command goes on to do')
    return (f'{name}: {", ".join(methods)} on {settings["train"]} images of {settings["data"]} '
            f'for {settings["epochs"]} epochs; {end}.')


def outcomes_of(record: Record) -> list[Outcome]:
    """The runs that a `comparison.json` tells of."""
    return [Outcome.read(run) for run in record.content['runs']]


def _pictures(record: Record, outcomes: list[Outcome]) -> list[Picture]:
    logs = {each.method: find_training_log(record.path.parent / each.method / f'seed{each.seed}')
            for each in reversed(outcomes)}
    pictures = []
    for key, (label, caption) in _CURVES.items():
        curves = {method: curve for method, log in reversed(logs.items())
                  if (curve := log.curve(key))}
        if curves:
            pictures.append(embed(draw_curves(curves, label), caption, kind='svg'))
    return pictures
