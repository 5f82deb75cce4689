"""Average precision by counting at every threshold."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction


def curve(scores: Sequence[float], positive: Sequence[bool]) -> Iterator[tuple[Fraction, Fraction]]:
    """(recall, precision) at each threshold, the highest first."""
    for threshold in sorted(set(scores), reverse=True):
        taken = [label for score, label in zip(scores, positive, strict=True) if score >= threshold]
        hits = sum(map(int, taken))
        yield Fraction(hits, sum(map(int, positive))), Fraction(hits, len(taken))


def all_points(scores: Sequence[float], positive: Sequence[bool]) -> float:
    points, total, before = list(curve(scores, positive)), Fraction(0), Fraction(0)
    for recall in sorted({recall for recall, _ in points}):
        best = max(precision for other, precision in points if other >= recall)
        total, before = total + (recall - before) * best, recall
    return float(total)


def eleven_points(scores: Sequence[float], positive: Sequence[bool]) -> float:
    points = list(curve(scores, positive))
    best = [max(precision for recall, precision in points if recall >= Fraction(tenth, 10))
            for tenth in range(11)]
    return float(sum(best) / 11)
