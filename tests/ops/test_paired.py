from __future__ import annotations

import math
from statistics import fmean, stdev

import numpy as np
import pytest
from scipy.stats import ttest_rel

from oadp_mm.ops.paired import HARMS, HELPS, NEITHER, UNKNOWN, paired_difference


@pytest.mark.parametrize('count', [2, 3, 7])
def test_it_is_scipys_interval_of_a_paired_t_test(count):
    rng = np.random.default_rng(count)
    values, baseline = rng.normal(size=(2, count)).tolist()
    found = paired_difference(values, baseline)
    wanted = ttest_rel(values, baseline).confidence_interval(0.95)
    assert found.interval == pytest.approx((wanted.low, wanted.high))
    assert found.difference == pytest.approx(fmean(values) - fmean(baseline))


def test_two_pairs_by_hand():
    """With one degree of freedom t is Cauchy's, whose quantiles are tangents."""
    found = paired_difference([3.0, 5.0], [2.0, 2.0])  # differences 1 and 3
    half = math.tan(math.pi * 0.475) * stdev([1.0, 3.0]) / math.sqrt(2)
    assert found.interval == pytest.approx((2 - half, 2 + half))


def test_what_both_of_a_pair_share_does_not_widen_it():
    shared = np.array([0.0, 50.0, -20.0])
    close = paired_difference(np.add(shared, [1, 2, 3]).tolist(), shared.tolist())
    assert close.interval == pytest.approx(paired_difference([1.0, 2.0, 3.0], [0.0] * 3).interval)


@pytest.mark.parametrize(('differences', 'verdict'), [
    ((5.0, 5.1, 4.9), HELPS), ((-5.0, -5.1, -4.9), HARMS), ((5.0, -4.9, 0.2), NEITHER),
    ((0.0, 0.0), NEITHER), ((9.0,), UNKNOWN)])
def test_the_verdict_is_the_side_of_zero(differences, verdict):
    assert paired_difference(differences, [0.0] * len(differences)).verdict == verdict


def test_equal_differences_are_no_more_certain_than_rounding_leaves_them():
    """Figures of 0.1 are off by a uniform error each: their difference has 0.1 / sqrt(6)."""
    half = math.tan(math.pi * 0.475) * 0.1 / math.sqrt(6) / math.sqrt(2)
    found = paired_difference([3.0, 4.0], [2.9, 3.9], step=0.1)
    assert found.interval == pytest.approx((0.1 - half, 0.1 + half))
    assert found.verdict == NEITHER
    assert paired_difference([3.0, 4.0], [2.0, 3.0], step=0.1).verdict == HELPS
    wide = [3.0, 5.0], [2.0, 2.0]
    assert paired_difference(*wide, step=0.1) == paired_difference(*wide)


@pytest.mark.parametrize('value', [math.nan, math.inf])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match='not all finite'):
        paired_difference([1.0, value], [1.0, 2.0])


@pytest.mark.parametrize('counts', [(0, 0), (1, 2)])
def test_unpaired_figures_are_refused(counts):
    with pytest.raises(ValueError, match='are no pairs'):
        paired_difference(*([0.0] * count for count in counts))
