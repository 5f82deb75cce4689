from __future__ import annotations

from rich.console import Console

from oadp_mm.reports.tables import Table, markdown_table, spread, terminal_table


def test_figures_stand_right_and_words_left():
    assert markdown_table(Table(['a', 'b'], [['x', '1']])) == '| a | b |\n| --- | ---: |\n| x | 1 |'
    assert '---:' not in markdown_table(Table(['a', 'b'], [['x', 'y']], prose=True))


def test_the_terminal_shows_the_same():
    shown = terminal_table(Table(['a', 'b'], [['x', '1']]), 'a title', 'a caption')
    assert [column.justify for column in shown.columns] == ['left', 'right']
    console = Console(width=60)
    with console.capture() as captured:
        console.print(shown)
    for piece in ('a title', 'a caption', ' x ', ' 1 '):
        assert piece in captured.get()


def test_a_spread_is_the_mean_with_the_deviation_of_a_sample():
    """10, 14, 18: mean 14, variance (16 + 0 + 16) / 2 = 16."""
    assert spread([10, 14, 18]) == '14.0 ± 4.0'
    assert (spread([.256], 2), spread([])) == ('0.26', '-')
