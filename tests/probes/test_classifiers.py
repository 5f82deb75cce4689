"""Probes on features made by hand."""
from __future__ import annotations

import math

import numpy as np
import pytest

from oadp_mm.probes.classifiers import knn_accuracy, linear_accuracy


def at(*cosines: float) -> np.ndarray:
    """Unit vectors with these cosines to the first axis."""
    return np.array([[c, math.sqrt(1 - c * c)] for c in cosines])


@pytest.mark.parametrize(('near', 'far', 'right'), [
    (.9, .7, 100),  # votes 1/.1 = 10 against 2/.3 = 6.7
    (.9, .85, 0),   # 10 against 2/.15 = 13.3
])  # fmt: skip
def test_neighbours_vote_by_their_inverse_cosine_distance(near, far, right):
    train, query = at(near, far, far), np.array([[1.0, 0.0]])
    assert knn_accuracy(train, ['a', 'b', 'b'], query, ['a']) == right


def test_only_the_nearest_vote():
    train, query = at(.9, .85, .85), np.array([[1.0, 0.0]])
    assert knn_accuracy(train, ['a', 'b', 'b'], query, ['a'], neighbours=1) == 100


def test_lengths_of_features_do_not_matter_to_neighbours():
    generator = np.random.default_rng(0)
    train, test = generator.normal(size=(40, 5)), generator.normal(size=(30, 5))
    labels, truth = generator.integers(0, 4, 40), generator.integers(0, 4, 30)
    scaled = (rows * generator.uniform(.1, 10, (len(rows), 1)) for rows in (train, test))
    longer_train, longer_test = scaled
    assert knn_accuracy(train, labels, test, truth) == knn_accuracy(
        longer_train, labels, longer_test, truth)


def clusters(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three classes around the axes, far enough apart for any classifier."""
    labels = np.arange(count) % 3
    return np.eye(3)[labels] + np.random.default_rng(seed).uniform(-.05, .05, (count, 3)), labels


@pytest.mark.parametrize('accuracy', [knn_accuracy, linear_accuracy])
def test_separable_classes_are_told_apart_and_wrong_labels_counted(accuracy):
    train, labels = clusters(60, 0)
    test, truth = clusters(20, 1)
    assert accuracy(train, labels, test, truth) == 100
    truth[:5] = (truth[:5] + 1) % 3
    assert accuracy(train, labels, test, truth) == pytest.approx(75)


def test_units_of_features_do_not_matter_to_the_linear_probe():
    """Standardised by the train rows, a feature in other units is the same feature."""
    train, labels = clusters(60, 0)
    test, truth = clusters(20, 1)
    unit, origin = np.array([1e-3, 1., 1e3]), np.array([5., 0., -40.])
    assert linear_accuracy(train * unit + origin, labels, test * unit + origin, truth) == 100


def test_the_linear_probe_draws_no_curve():
    """Of the corners of a square with classes by parity a plane gets three right at most."""
    corners = np.array([[0, 0], [1, 1], [0, 1], [1, 0]], float)
    parity = np.array([0, 0, 1, 1])
    train, labels = np.tile(corners, (10, 1)), np.tile(parity, 10)
    assert linear_accuracy(train, labels, corners, parity) <= 75
    assert knn_accuracy(train + 1e-3, labels, corners[2:], parity[2:], neighbours=10) == 100
