"""One page of all runs below a folder: a summary in words, then each of them, times and machine."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from oadp_mm.files.shown import shown
from oadp_mm.files.whole_file import write_text
from oadp_mm.journey.report_comparison import compared, comparison_section
from oadp_mm.journey.report_finetuning import finetuning_section, verdicts
from oadp_mm.journey.report_pretraining import pretraining_section, told_length
from oadp_mm.journey.report_stage2 import stage2_pictures
from oadp_mm.journey.run_names import typed_names
from oadp_mm.journey.runs_below import Below, Record, Training, runs_below
from oadp_mm.pictures.curves import draw_curves
from oadp_mm.probes.probe import FAMILIES
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.page import Section, embed, render_page
from oadp_mm.reports.probe_tables import CAPTIONS, family_tables, standing
from oadp_mm.reports.tables import Table
from oadp_mm.stages.display import spoken

NOTICE = (
    'How to read this: a difference is seen only where its 95 % interval over paired seeds lies on '
    'one side of 0; few seeds make wide intervals, and one seed has none. Probes tell what frozen '
    'features know, compared with the same network untrained; only fine-tuning tells whether they '
    'help a detector or a segmenter. Everything holds for these data and this schedule alone.'
)


#: By a record's path, what its runs are called, by what was typed.
Names = Mapping[Path, Mapping[str, str]]


class _Tuned(NamedTuple):
    sentences: list[str]
    section: Section


def write_report(root: Path, out: Path | None = None) -> Path:
    """Write the page of what lies below `root`, and return its path.

    Args:
        root: a folder.
        out: the file to write; None: `report.html` in it.

    Raises:
        FileNotFoundError: see `runs_below`.
    """
    root = root.resolve()
    below = _own(runs_below(root))
    names = typed_names(below, root)
    tuned, damaged = _finetunings(below, root, names)
    below = replace(below, damaged=[*below.damaged, *damaged])
    target = out or root / 'report.html'
    page = render_page(f'Report of {shown(root.name)}', list(_summary(below, root, tuned, names)),
                       NOTICE, list(_sections(below, root, tuned)))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_text(target, page)
    return target


def _summary(below: Below, root: Path, tuned: Sequence[_Tuned], names: Names) -> Iterator[str]:
    for training in below.trainings:
        if training.pretrains:
            yield f'{_name(training.folder, root)}: {told_length(training)}.'
    for record in below.of('probe'):
        yield from standing(record.content, names[record.path])
    for each in tuned:
        yield from each.sentences
    for record in below.of('comparison'):
        yield compared(record, _name(record.path.parent, root))
    missing = [what for kind, what in (('probe', 'probe (oadp-mm probe)'),
                                       ('finetune', 'fine-tuning (oadp-mm finetune)'))
               if not below.of(kind)]
    if missing:
        yield f'There is no {" and no ".join(missing)} below this folder.'
    yield from (f'{sentence}.' for sentence in below.damaged)


def _sections(below: Below, root: Path, tuned: Sequence[_Tuned]) -> Iterator[Section]:
    pretrainings = [pretraining_section(training, _name(training.folder, root))
                    for training in below.trainings if training.pretrains]
    if pretrainings:
        yield Section('Pretraining', parts=pretrainings)
    for folder in sorted({folder.parent for folder, _ in below.stages}):
        if pictures := list(stage2_pictures(folder)):
            yield Section('Regions that correspond', [f'Of {_name(folder, root)}, found by ORL\'s '
                                                      'second stage.'], pictures=pictures)
    probes = [_probe(record, root) for record in below.of('probe')]
    if probes:
        yield Section('Probes of frozen features', parts=probes)
    methods = [comparison_section(record, _name(record.path.parent, root))
               for record in below.of('comparison')]
    if methods:
        yield Section('Methods compared', parts=methods)
    if tuned:
        yield Section('Fine-tuning', parts=[each.section for each in tuned])
    others = [_other(training, root) for training in below.trainings
              if not training.pretrains]
    if others:
        yield Section('Other trainings', parts=others)
    if below.stages:
        yield _times(below, root)
    yield Section('Machine and versions', ['Of the machine that wrote this page.'],
                  [machine_table()])


def _own(below: Below) -> Below:
    """Without the trainings and probes that are parts of a fine-tuning or a comparison."""
    wholes = {record.path.parent for kind in ('finetune', 'comparison')
              for record in below.of(kind)}
    return replace(
        below, trainings=[training for training in below.trainings
                          if wholes.isdisjoint(training.folder.parents)],
        records=[record for record in below.records
                 if record.kind != 'probe' or wholes.isdisjoint(record.path.parent.parents)])


def _finetunings(below: Below, root: Path, names: Names) -> tuple[list[_Tuned], list[str]]:
    """What is told of each fine-tuning; why of some nothing can be, a sentence each."""
    tuned, damaged = [], []
    for record in below.of('finetune'):
        try:
            name = _name(record.path.parent, root)
            tuned.append(_Tuned(list(verdicts(record, name, names[record.path])),
                                finetuning_section(record, name)))
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            damaged.append(f'{record.path} lacks what oadp-mm finetune writes ({error!r}): repeat '
                           'the command that wrote it')
    return tuned, damaged


def _name(folder: Path, root: Path) -> str:
    return shown(folder.name if folder == root else folder.relative_to(root))


def _probe(record: Record, root: Path) -> Section:
    told = record.content
    probed = told['probed']
    tables = [Table(table.header, table.rows,
                    title=f'{family}{f", {name}" * bool(name)} ({CAPTIONS[family]})')
              for family in FAMILIES for name, table in family_tables(probed, family).items()]
    text = [f'{told["data"]}: learned from {told["train"]} images, measured on {told["test"]}.']
    text += [f'{one["name"]} has no {family} figures: {reason}.' for one in probed
             for family, reason in one['failed'].items()]
    notes = [f'Note: {note}.' for note in told['notes']]
    return Section(_name(record.path.parent, root), [*text, *notes], tables,
                   commands=[told['command']] if 'command' in told else [])


def _other(training: Training, root: Path) -> Section:
    name, log = _name(training.folder, root), training.log
    curves = {loss.removeprefix('loss_'): log.curve(loss) for loss in log.losses()}
    kind = (training.config.get('model') or {}).get('type', 'an unknown model')
    rows = [[metric, f'{value:.4g}'] for metric, value in log.metrics.items()
            if isinstance(value, int | float)]
    return Section(
        name, [f'{kind}, {"to iteration " + str(log.train[-1]["step"]) if log.train else ""}'
               .rstrip(', ') + ('.' if log.train else ': nothing was logged yet.')],
        [Table(['last validation', 'figure'], rows)] if rows else [],
        [embed(draw_curves(curves, 'loss'), f'Losses of {name}.', kind='svg')]
        if any(curves.values()) else [])


def _times(below: Below, root: Path) -> Section:
    rows = [[_name(folder, root), state.get('title', ''), spoken(state.get('seconds', 0))
             + ('' if state.get('finished') else ', unfinished')]
            for folder, state in below.stages]
    return Section(
        'Time and commands', [
            'Each stage ran this command; its full log is log.txt in its folder. All together '
            f'took {spoken(sum(state.get("seconds", 0) for _, state in below.stages))}.'],
        [Table(['folder', 'stage', 'time'], rows, prose=True)],
        commands=[_of(state) for _, state in below.stages])


def _of(state: Mapping[str, Any]) -> str:
    return state.get('command', '')
