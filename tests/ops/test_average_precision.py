"""Average precision, against counts at every threshold."""
from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from oadp_mm.ops.average_precision import average_precision, mean_average_precision
from tests.oracles import average_precision as oracle

BY_COUNTING = {'all': oracle.all_points, 'eleven': oracle.eleven_points}


@pytest.mark.parametrize('points', ['all', 'eleven'])
@pytest.mark.parametrize('levels', [2, 5, 1000])
def test_average_precision_by_counting(points: str, levels: int) -> None:
    """Few levels make many ties; ten or twenty positives meet the eleven recalls exactly."""
    rng = np.random.default_rng(levels)
    for positives in (1, 3, 10, 20, 29, 30):
        scores = rng.integers(0, levels, 30) / levels
        positive = rng.permutation(30) < positives
        expected = BY_COUNTING[points](scores.tolist(), positive.tolist())
        assert average_precision(scores, positive, points) == pytest.approx(expected, abs=1e-12)


def test_known_rankings() -> None:
    """Right and wrong by turns: precisions 1, 2/3, 3/5 at recalls 1/3, 2/3, 1."""
    scores, positive = np.arange(6, 0, -1.), np.array([1, 0, 1, 0, 1, 0], bool)
    assert average_precision(scores, positive) == pytest.approx((1 + 2 / 3 + 3 / 5) / 3)
    assert average_precision(scores, positive, 'eleven') == pytest.approx(
        (4 * 1 + 3 * 2 / 3 + 4 * 3 / 5) / 11)
    assert average_precision(scores, scores > 3) == 1
    assert average_precision(np.ones(6), positive) == .5


def test_interpolation_never_lowers() -> None:
    """scikit-learn's average precision is the same sum of the precision as it is."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        scores, positive = rng.normal(size=40), rng.uniform(size=40) < .4
        assert average_precision(scores, positive) >= average_precision_score(positive, scores)


def test_the_mean_leaves_out_what_is_not_counted() -> None:
    rng = np.random.default_rng(0)
    scores, labels = rng.normal(size=(50, 3)), rng.integers(-1, 2, (50, 3))
    for points, by_counting in BY_COUNTING.items():
        each = [by_counting(score[label >= 0].tolist(), (label[label >= 0] == 1).tolist())
                for score, label in zip(scores.T, labels.T, strict=True)]
        assert mean_average_precision(scores, labels, points) == pytest.approx(np.mean(each))


def test_a_ranking_without_positives_or_of_broken_scores() -> None:
    with pytest.raises(ValueError, match='none of 3 rows is positive'):
        average_precision(np.zeros(3), np.zeros(3, bool))
    with pytest.raises(ValueError, match='class 1: none of 2 rows is positive'):
        mean_average_precision(np.zeros((3, 2)), np.array([[1, 0], [0, 0], [0, -1]]))
    with pytest.raises(ValueError, match='not finite'):
        average_precision(np.array([0, np.nan]), np.array([True, False]))


def test_lengths_that_differ(unchecked: None) -> None:
    with pytest.raises(ValueError, match='got 3 scores and 2 labels'):
        average_precision(np.zeros(3), np.ones(2, bool))
    with pytest.raises(ValueError, match='expected one label for each score'):
        mean_average_precision(np.zeros((3, 2)), np.zeros((3, 1), int))
