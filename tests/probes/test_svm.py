"""Linear SVMs: the condition of their optimum, costs by cross-validation, samples of few labels."""
from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold

from oadp_mm.ops.average_precision import mean_average_precision
from oadp_mm.probes.svm import COSTS, low_shot_labels, low_shot_precisions, svm_scores


def images(seed: int, rows: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """An image shows a class where the channel of its number is above 0, but for some noise."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 6))
    labels = (features[:, :classes] + .5 * rng.normal(size=(rows, classes)) > .5).astype(int)
    return features * rng.uniform(.1, 10, (rows, 1)), labels


def test_the_costs_are_those_of_the_protocol() -> None:
    assert list(COSTS) == [1, 10, 100] + [2.**-power for power in range(4, 20)]


def test_a_machine_is_at_the_optimum_of_its_loss() -> None:
    """w = 2 C sum of weight x sign x shortfall, of unit rows with a constant channel.

    The machine is read back from its scores, which are linear in the unit rows.
    """
    (train, labels), (test, _) = images(0, 200), images(1, 50)
    scores, costs = svm_scores(train, labels, test, costs=(2.,))
    assert costs.tolist() == [2] * 3
    rows, others = (np.c_[x / np.linalg.norm(x, axis=1, keepdims=True), np.ones(len(x))]
                    for x in (train, test))
    for score, label in zip(scores.T, labels.T, strict=True):
        machine = np.linalg.lstsq(others, score, rcond=None)[0]
        sign = 2 * label - 1
        short = np.maximum(0, 1 - sign * (rows @ machine))
        expected = 2 * 2. * ((1 + label) * sign * short) @ rows
        np.testing.assert_allclose(machine, expected, atol=.05)


def test_each_class_takes_the_cost_that_ranks_the_left_out_folds_best() -> None:
    """The folds written out, for labels of which each next has more noise."""
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(90, 20)), rng.normal(size=(30, 20))
    noise = rng.normal(size=(90, 4)) * [.1, 1, 3, 9]
    labels = (train[:, :4] + noise > 0).astype(int)
    costs = (.5**12, .5, 100.)
    scores, chosen = svm_scores(train, labels, test, costs=costs)
    assert len(set(chosen)) > 1
    for number, label in enumerate(labels.T):
        precision = np.zeros(len(costs))
        for seen, left in StratifiedKFold(3).split(train, label):
            for place, cost in enumerate(costs):
                score, _ = svm_scores(train[seen], label[seen, None], train[left], costs=(cost,))
                precision[place] += average_precision_score(label[left], score[:, 0])
        assert chosen[number] == costs[precision.argmax()]
        alone, _ = svm_scores(train, label[:, None], test, costs=(chosen[number],))
        np.testing.assert_array_equal(scores[:, [number]], alone)


def test_what_is_not_counted_is_trained_as_a_negative() -> None:
    """As in the code of Goyal et al., where labels of 0 become the -1 that these have."""
    (train, labels), (test, _) = images(0, 60), images(1, 20)
    told = labels.copy()
    told[(labels == 0) & (np.arange(60) % 3 == 0)[:, None]] = -1
    expected, costs = svm_scores(train, labels, test, costs=(.5, 1.))
    found, chosen = svm_scores(train, told, test, costs=(.5, 1.))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(chosen, costs)


def test_scores_rank_classes_that_are_linear() -> None:
    (train, labels), (test, truth) = images(0, 300), images(1, 300)
    scores, _ = svm_scores(train, labels, test, costs=(.5, 1.))
    chance = truth.mean()
    assert mean_average_precision(scores, truth) > .7 > 1.5 * chance
    shuffled = np.random.default_rng(0).permutation(scores)
    assert mean_average_precision(shuffled, truth) < 1.3 * chance


def test_a_sample_has_so_many_labels_of_each_kind() -> None:
    labels = images(0, 200)[1]
    labels[::7, 1] = -1
    sample = low_shot_labels(labels, 4, seed=3)
    told = sample >= 0
    np.testing.assert_array_equal(sample[told], labels[told])
    assert (sample == 1).sum(0).tolist() == [4] * 3
    assert (sample == 0).sum(0).tolist() == [8] * 3
    assert np.array_equal(sample, low_shot_labels(labels, 4, seed=3))
    assert not np.array_equal(sample, low_shot_labels(labels, 4, seed=4))
    few = low_shot_labels(labels[:, 1:], 30, seed=0)
    assert (few == 0).sum(0).tolist() == [30] * 2
    scarce = low_shot_labels(np.array([[1, 0]] * 9 + [[0, 1]] * 3), 3, seed=0)
    assert (scarce == 0).sum(0).tolist() == [3, 3]


def test_low_shot_figures_are_those_of_the_samples() -> None:
    """One cost and one sample: an SVM of the sampled labels alone."""
    (train, labels), (test, truth) = images(0, 150), images(1, 100)
    found = low_shot_precisions(train, labels, test, truth, shots=6, seeds=(0, 5), costs=(.5, 4.))
    assert found.shape == (2, 2)
    for row, seed in zip(found, (0, 5), strict=True):
        sample = low_shot_labels(labels, 6, seed)
        for value, cost in zip(row, (.5, 4.), strict=True):
            scores = np.concatenate([
                svm_scores(train[label >= 0], label[label >= 0, None], test, costs=(cost,))[0]
                for label in sample.T], 1)
            assert value == pytest.approx(mean_average_precision(scores, truth))


def test_more_shots_tell_more() -> None:
    data = (*images(0, 300), *images(1, 300))
    few, many = (low_shot_precisions(*data, shots=shots, seeds=range(3), costs=(1.,)).mean()
                 for shots in (1, 32))
    assert many > few + .05


ROWS, LABELS = images(0, 40)


@pytest.mark.parametrize(('change', 'told'), [
    (dict(train=ROWS[:0], labels=LABELS[:0]), 'the train images must be at least 1 row, got 0'),
    (dict(train=ROWS * 0 + 1), 'the train images are constant'),
    (dict(labels=LABELS[:9]), 'got 40 train images and 9 rows of labels'),
    (dict(test=ROWS[:, :2]), 'the train images have 6 channels and the test images 2'),
    (dict(labels=LABELS * [1, 1, 0]), 'class 2 has 0 positive and 40 negative train images, and'),
    (dict(labels=LABELS * [1, 0, 1] + [0, 1, 0]), 'class 1 has 40 positive and 0 negative'),
])  # fmt: skip
def test_bad_images(change: dict, told: str) -> None:
    given = dict(train=ROWS, labels=LABELS, test=ROWS) | change
    with pytest.raises(ValueError, match=told):
        svm_scores(**given)
    with pytest.raises(ValueError, match=told):
        low_shot_precisions(**given, test_labels=LABELS, shots=1)


def test_shots_that_cannot_be_drawn() -> None:
    some = int(LABELS[:, 0].sum())
    for shots in (0, some + 1):
        with pytest.raises(ValueError, match=f'class 0 has {some} positive.*so that {shots}'):
            low_shot_labels(LABELS, shots, seed=0)
