"""Findings in a row: the worst first, whatever came first."""
from __future__ import annotations

from oadp_mm.doctor.finding import Finding, as_json, counted, lines, such_as, summary

ROWS = [Finding('ok', 'cores', '2'), Finding('note', 'sizes', 'small', ('a.png',)),
        Finding('problem', 'leaks', 'one'), Finding('note', 'b', 'c')]


def test_lines_begin_with_the_worst_and_keep_their_order():
    told = list(lines(ROWS))
    assert [line.split()[:2] for line in told[:-1]] == [
        ['problem', 'leaks'], ['note', 'sizes'], ['note', 'b'], ['ok', 'cores']]
    assert told[-1] == '1 problem, 2 notes.'
    assert len({line.index(text) for line, text in
                zip(told, ('one', 'small', 'c', '2'), strict=False)}) == 1


def test_a_summary_says_when_all_is_well():
    assert summary(ROWS[:1]) == 'All is well.'
    assert summary(ROWS[:2]) == 'no problem, 1 note.'
    assert summary(ROWS[2:3]) == '1 problem, no note.'


def test_a_program_reads_all_items():
    told = as_json(ROWS)
    assert told[0]['mark'] == 'problem'
    assert told[1] == {'mark': 'note', 'topic': 'sizes', 'sentence': 'small', 'items': ['a.png']}


def test_words():
    assert counted(1, 'image') == '1 image' and counted(1200, 'image') == '1,200 images'
    assert such_as('abcd') == 'a, b, c, ...' and such_as('abc') == 'a, b, c'
