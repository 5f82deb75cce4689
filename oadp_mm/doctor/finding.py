"""A finding: one sentence, how bad it is, and where it stands among others."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, get_args

Mark = Literal['problem', 'note', 'ok']
#: The worst first.
MARKS: tuple[Mark, ...] = get_args(Mark)


class Finding(NamedTuple):
    """What was found.

    Args:
        mark: `problem` where a command would stop or its figures be wrong, `note` where something
            can be better, `ok`.
        topic: a word or two.
        sentence: what it is and, unless all is well, what to do or to type.
        items: all that the sentence names some of.
    """

    mark: Mark
    topic: str
    sentence: str
    items: tuple[str, ...] = ()


def by_importance(findings: Iterable[Finding]) -> list[Finding]:
    """The worst first, otherwise as they came."""
    return sorted(findings, key=lambda finding: MARKS.index(finding.mark))


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """A line each, marks and topics aligned, the worst first, and a summary as the last one."""
    ordered = by_importance(findings)
    width = max((len(finding.topic) for finding in ordered), default=0)
    for mark, topic, sentence, _ in ordered:
        yield f'{mark:7}  {topic:{width}}  {sentence}'
    yield summary(ordered)


def summary(findings: Iterable[Finding]) -> str:
    """How many of what."""
    marks = [finding.mark for finding in findings]
    problems, notes = marks.count('problem'), marks.count('note')
    if not problems and not notes:
        return 'All is well.'
    return (f'{counted(problems, "problem") if problems else "no problem"}, '
            f'{counted(notes, "note") if notes else "no note"}.')


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """What a program reads: the worst first, with all items."""
    return [dict(finding._asdict(), items=list(finding.items))
            for finding in by_importance(findings)]


def counted(number: int, thing: str) -> str:
    """'1 image', '2 images'."""
    return f'{number:,} {thing}{"s" * (number != 1)}'


def such_as(items: Iterable[str], most: int = 3) -> str:
    """The first ones, as the end of a clause."""
    first = list(items)
    return ', '.join(first[:most]) + ', ...' * (len(first) > most)
