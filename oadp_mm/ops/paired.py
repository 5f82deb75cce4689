"""Differences of paired figures: one pair a seed, all else of a pair alike."""
from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from statistics import fmean, stdev
from typing import NamedTuple

from scipy.stats import t

HELPS, HARMS, NEITHER, UNKNOWN = ('helps', 'harms', 'no difference seen',
                                  'one seed: no verdict')


class Paired(NamedTuple):
    """How much more something is than a baseline.

    Args:
        difference: the mean over the pairs.
        interval: of confidence, around it; None of a single pair, which has no deviation.
    """

    difference: float
    interval: tuple[float, float] | None

    @property
    def verdict(self) -> str:
        """Of a figure that is the better the larger: on which side of zero the interval lies."""
        if self.interval is None:
            return UNKNOWN
        low, high = self.interval
        return HELPS if low > 0 else HARMS if high < 0 else NEITHER


def paired_difference(values: Sequence[float], baseline: Sequence[float],
                      confidence: float = 0.95, step: float = 0.0) -> Paired:
    """The mean of `values - baseline` with Student's interval, mean +- t(n - 1) * s / sqrt(n).

    Seeds share what makes both of a pair good or bad (which images are labelled, their order), so
    that the deviation of the differences counts, and not those of the two columns. It is taken for
    no less than what rounding hides: figures rounded to a step are off by a uniform error of the
    deviation step / sqrt(12), and the difference of two by one of step / sqrt(6).

    Args:
        values: a figure for each seed.
        baseline: what it is compared with, of the same seeds.
        confidence: of the interval, in (0, 1).
        step: to which all figures are rounded.

    Raises:
        ValueError: they are none, not as many, or some are not finite.
    """
    if len(values) != len(baseline) or not values:
        raise ValueError(f'{len(values)} values and {len(baseline)} of a baseline are no pairs: '
                         'give as many of both, at least one')
    if not all(map(isfinite, (*values, *baseline))):
        raise ValueError(f'{list(values)} and {list(baseline)} are not all finite: leave out the '
                         'pairs that are not')
    differences = [value - base for value, base in zip(values, baseline, strict=True)]
    mean, count = fmean(differences), len(differences)
    if count == 1:
        return Paired(mean, None)
    deviation = max(stdev(differences), step / 6 ** 0.5)
    half = float(t.ppf((1 + confidence) / 2, count - 1)) * deviation / count ** 0.5
    return Paired(mean, (mean - half, mean + half))
