"""Probes on features made by hand."""
from __future__ import annotations

import numpy as np
import pytest

from oadp_mm.probes.classifiers import linear_accuracy


def clusters(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three classes around the axes, far enough apart for any classifier."""
    labels = np.arange(count) % 3
    return np.eye(3)[labels] + np.random.default_rng(seed).uniform(-.05, .05, (count, 3)), labels


def test_separable_classes_are_told_apart_and_wrong_labels_counted():
    train, labels = clusters(60, 0)
    test, truth = clusters(20, 1)
    assert linear_accuracy(train, labels, test, truth) == 100
    truth[:5] = (truth[:5] + 1) % 3
    assert linear_accuracy(train, labels, test, truth) == pytest.approx(75)


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
