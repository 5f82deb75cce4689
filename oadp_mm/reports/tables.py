"""A table of text, for a page, for Markdown and for the terminal."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from rich import table as terminal


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; columns after the first are figures unless `prose`.

    A page sets the title above it.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    prose: bool = False
    title: str = ''


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Mean and deviation of a sample, '41.2 ± 0.8'; '41.2' of one value, '-' of none."""
    if not values:
        return '-'
    return f'{fmean(values):.{digits}f}' + (
        f' ± {stdev(values):.{digits}f}' if len(values) > 1 else '')


def markdown_table(table: Table) -> str:
    """A table with its figures to the right."""
    rule = ['---', *(['---' if table.prose else '---:'] * (len(table.header) - 1))]
    return '\n'.join(f'| {" | ".join(row)} |' for row in (table.header, rule, *table.rows))


def terminal_table(table: Table, title: str, caption: str) -> terminal.Table:
    """A table that rich prints, with its figures to the right."""
    shown = terminal.Table(title=title, title_justify='left', caption=caption)
    for number, name in enumerate(table.header):
        shown.add_column(name, justify='right' if number and not table.prose else 'left')
    for row in table.rows:
        shown.add_row(*row)
    return shown
