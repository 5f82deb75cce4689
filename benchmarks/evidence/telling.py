"""Tables and plots of docs/evidence.md, from the small files of docs/evidence alone."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from matplotlib.figure import Figure as Drawing

from benchmarks.evidence.protocol import (
    BASES,
    PARTS,
    SEEDS,
    STEPS,
    TUNINGS,
    UNTRAINED,
    Figure,
    Part,
)
from benchmarks.evidence.work import FIRST
from oadp_mm.ops.paired import HARMS, HELPS, paired_difference
from oadp_mm.pictures.curves import COLOURS
from oadp_mm.pictures.plain import plain
from oadp_mm.reports.tables import Table, markdown_table, spread

#: Row -> seed -> steps (or `UNTRAINED`) -> figure -> value.
Found = Mapping[str, Mapping[int, Mapping[str, Mapping[str, float]]]]
NOTHING = 'Nothing of this part is finished yet.'


def tell(figures: Path, page: Path) -> None:
    """Write what lies between the page's marks anew, and its plots."""
    text = page.read_text()
    for name, told in blocks(figures).items():
        begin, end = f'<!-- {name} -->\n', f'<!-- end of {name} -->'
        if not re.search(f'{re.escape(begin)}.*?{re.escape(end)}', text, re.S):
            raise ValueError(f'{page} has no block {begin.strip()} ... {end}: add it')
        text = re.sub(f'({re.escape(begin)}).*?({re.escape(end)})',
                      lambda marks, told=told: f'{marks[1]}{told}\n{marks[2]}', text, flags=re.S)
    page.write_text(text)
    for name, part in PARTS.items():
        if found := read_part(figures, name):
            draw(found, part).savefig(page.parent / f'images/evidence-{name}.png', dpi=110)


def blocks(figures: Path) -> dict[str, str]:
    """The text of each block."""
    told = {name: part_tables(read_part(figures, name), name) for name in PARTS}
    return {**told, **{name: tuning_table(figures, name) for name in TUNINGS}}


def read_part(figures: Path, name: str) -> Found:
    """What is finished of a part; the untrained networks are a row at `UNTRAINED`."""
    found: dict[str, dict[int, Any]] = {}
    for row in PARTS[name].rows:
        for seed in range(SEEDS):
            if (file := figures / name / f'{row}-seed{seed}.json').exists():
                told = json.loads(file.read_text())['figures']
                found.setdefault(row, {})[seed] = told
                if row == FIRST:
                    found.setdefault(UNTRAINED, {})[seed] = {
                        str(step): told[UNTRAINED] for step in (0, *STEPS)}
    return found


def part_tables(found: Found, name: str) -> str:
    """What is known at the end of the trainings, and one figure over their course."""
    if not found:
        return NOTHING
    part, rows = PARTS[name], [row for row in (UNTRAINED, *PARTS[name].rows) if row in found]
    last, first = str(STEPS[-1]), part.figures[0]
    head = Table(['row', *(figure.heading for figure in part.figures),
                  f'{first.heading} - untrained', '- its base', 'seeds'], [])
    table = Table(head.header, [
        [row, *(spread(values(found, row, last, figure), figure.digits)
                for figure in part.figures),
         difference(found, row, UNTRAINED, last, first),
         difference(found, row, BASES.get(row, ''), last, first), str(len(found[row]))]
        for row in rows])
    course = Table(['row', '0 steps', *(f'{step:,}' for step in STEPS)], [
        [row, *(spread(values(found, UNTRAINED if step == '0' else row, step, first), first.digits)
                for step in ('0', *map(str, STEPS)))] for row in rows if row != UNTRAINED])
    return (f'After {STEPS[-1]:,} steps:\n\n{markdown_table(table)}\n\n'
            f'{first.heading} on the way:\n\n{markdown_table(course)}\n\n'
            f'![{first.heading} over steps](images/evidence-{name}.png)\n\n'
            f'{sentence(found, rows, part)}')


def values(found: Found, row: str, step: str, figure: Figure) -> list[float]:
    """Of all seeds that have it."""
    return list(of_seeds(found, row, step, figure).values())


def of_seeds(found: Found, row: str, step: str, figure: Figure) -> dict[int, float]:
    key = f'{figure.data}/{figure.family}/{figure.table}/{figure.name}'
    return {seed: told[step][key] for seed, told in found.get(row, {}).items()
            if key in told.get(step, {})}


def difference(found: Found, row: str, base: str, step: str, figure: Figure) -> str:
    """Over the seeds that both have, with its interval; '' where there is no such base."""
    told = paired(found, row, base, step, figure)
    if told is None or row == base:
        return ''
    within = ' ({:+.{d}f} to {:+.{d}f})'.format(*told.interval, d=figure.digits) if (
        told.interval) else ''
    return f'{told.difference:+.{figure.digits}f}{within}'


def paired(found: Found, row: str, base: str, step: str, figure: Figure):
    ours, theirs = (of_seeds(found, each, step, figure) for each in (row, base))
    both = sorted(ours.keys() & theirs.keys())
    return paired_difference([ours[seed] for seed in both],
                             [theirs[seed] for seed in both]) if both else None


def sentence(found: Found, rows: Sequence[str], part: Part) -> str:
    """Which rows are above or below the untrained network and their base, by the rule."""
    whole = [row for row in rows if len(found[row]) == SEEDS]
    if not {*whole} - {UNTRAINED}:
        return f'No verdict yet: no row has its {SEEDS} seeds.'
    said = []
    for against in (UNTRAINED, 'its base'):
        for verdict, words in ((HELPS, 'above'), (HARMS, 'below')):
            those = []
            for row in whole:
                base = UNTRAINED if against == UNTRAINED else BASES.get(row, '')
                told = paired(found, row, base, str(STEPS[-1]), part.figures[0])
                if row not in (UNTRAINED, base) and told and told.verdict == verdict and (
                        len(found[base]) == SEEDS):
                    those.append(row)
            said.append(f'{words} {against}: {", ".join(those) or "none"}')
    return (f'{part.figures[0].heading} after {STEPS[-1]:,} steps, by intervals: '
            f'{"; ".join(said)}.')


def tuning_table(figures: Path, name: str) -> str:
    """A row for each number of labels that is finished."""
    tuning = TUNINGS[name]
    starts, rows = [*tuning.starts, UNTRAINED], []
    for labels in sorted(tuning.labels, key=lambda word: (not word.isdecimal(), int(
            word) if word.isdecimal() else 0)):
        if not (file := figures / name / f'labels-{labels}.json').exists():
            continue
        runs = json.loads(file.read_text())['runs']
        by = {start: {one['seed']: one['metrics'][tuning.metric] for one in runs
                      if one['start'] == start} for start in starts}
        cells = [spread(list(by[start].values())) for start in starts]
        for start in tuning.starts:
            both = sorted(by[start].keys() & by[UNTRAINED].keys())
            told = paired_difference([by[start][seed] for seed in both],
                                     [by[UNTRAINED][seed] for seed in both], step=.1)
            within = ' ({:+.1f} to {:+.1f})'.format(*told.interval) if told.interval else ''
            cells.append(f'{told.difference:+.1f}{within}')
        rows.append([labels, *cells])
    if not rows:
        return NOTHING
    header = ['labels', *starts, *(f'{start} - {UNTRAINED}' for start in tuning.starts)]
    return f'{tuning.metric}:\n\n{markdown_table(Table(header, rows))}'


def draw(found: Found, part: Part) -> Drawing:
    """The first figure over steps: a line a row, with the deviation over seeds around it."""
    drawing = Drawing(figsize=(7.2, 4.0), layout='constrained')
    ax, figure = drawing.subplots(), part.figures[0]
    floor = values(found, UNTRAINED, '0', figure)
    if floor:
        ax.axhline(fmean(floor), color='black', linewidth=1.2, linestyle='--', label=UNTRAINED)
    for number, (row, points) in enumerate(_courses(found, part)):
        steps = range(len(STEPS))
        means, around = [fmean(each) for each in points], [
            stdev(each) if len(each) > 1 else 0 for each in points]
        ax.errorbar([step + .02 * (number - 4) for step in steps], means, around, label=row,
                    color=COLOURS(number % 10), linestyle='-' if number < 10 else ':',
                    marker='o', markersize=3, linewidth=1.5, capsize=2)
    ax.set_xticks(range(len(STEPS)), [f'{step:,}' for step in STEPS])
    ax.set_xlabel('optimizer steps', fontsize=9)
    ax.set_ylabel(figure.heading, fontsize=9)
    ax.spines[['top', 'right']].set_visible(False)
    ax.grid(alpha=.3, linewidth=.6)
    ax.legend(fontsize=8, frameon=False, loc='center left', bbox_to_anchor=(1, .5))
    return plain(drawing)


def _courses(found: Found, part: Part) -> Iterator[tuple[str, list[list[float]]]]:
    for row in part.rows:
        points = [values(found, row, str(step), part.figures[0]) for step in STEPS]
        if all(points):
            yield row, points
