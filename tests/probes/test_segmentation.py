"""Read-outs of shares: closed forms, conditions of the optimum, clusters made by hand."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

from oadp_mm.probes import segmentation
from oadp_mm.probes.segmentation import clustered_shares, logistic_shares, share_r2


def data(seed: int, rows: int, noise: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features of five channels, and two quantities linear in three of them but for noise."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 5)) * [1, 10, .1, 1, 3] + [0, 5, 1, -8, 2]
    shares = features[:, :3] @ [[.1, 0], [.02, -.01], [0, 2]] + .3
    return features, shares + noise * rng.normal(size=shares.shape)


def test_the_read_out_is_a_ridge_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solved by hand in standardised features: (X'X + a) w = X'y about the means."""
    monkeypatch.setattr(segmentation, 'PENALTIES', (7.,))
    (train, shares), (test, truth) = data(0, 60, .1), data(1, 40, .1)
    mean, deviation = train.mean(0), train.std(0)
    x, y = (train - mean) / deviation, shares - shares.mean(0)
    weights = np.linalg.solve(x.T @ x + 7 * np.eye(5), x.T @ y)
    predicted = (test - mean) / deviation @ weights + shares.mean(0)
    expected = [1 - np.mean((predicted[:, k] - truth[:, k])**2) / np.var(truth[:, k])
                for k in range(2)]
    np.testing.assert_allclose(share_r2(train, shares, test, truth), expected)


def test_what_is_linear_is_explained_and_what_is_random_is_not() -> None:
    """Noise of the deviation s leaves 1 - s**2 / (s**2 + variance)."""
    (train, shares), (test, truth) = data(0, 3000), data(1, 2000)
    np.testing.assert_allclose(share_r2(train, shares, test, truth), 1, atol=1e-3)
    noisy, noisy_truth = data(2, 3000, .2)[1], data(3, 2000, .2)[1]
    (train, _), (test, clean) = data(2, 3000), data(3, 2000)
    np.testing.assert_allclose(share_r2(train, noisy, test, noisy_truth),
                               1 - .2**2 / (.2**2 + clean.var(0)), atol=.05)
    random = np.random.default_rng(0).uniform(size=(5000, 2))
    assert np.all(np.abs(share_r2(train, random[:3000], test, random[3000:])) < .02)


def test_the_penalty_is_chosen_by_the_train_cells() -> None:
    """More channels than a fold has rows, none of which knows anything: the strongest is best."""
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(60, 50)), rng.normal(size=(2000, 50))
    shares, truth = rng.uniform(size=(60, 1)), rng.uniform(size=(2000, 1))
    assert share_r2(train, shares, test, truth)[0] > -.1


def test_the_logistic_read_out_is_at_the_optimum_of_the_soft_cross_entropy() -> None:
    """Its gradient in the weights, sum of x (p - share) + w / C, vanishes; that of biases too."""
    rng = np.random.default_rng(0)
    train, shares = rng.normal(size=(200, 4)) * 3 + 1, rng.dirichlet([.4] * 3, 200)
    shares[rng.uniform(size=shares.shape) < .3] = 0
    shares[:, 0] += shares.sum(1) == 0
    shares /= shares.sum(1, keepdims=True)
    predicted = logistic_shares(train, shares, train, strength=.5)
    np.testing.assert_allclose(predicted.sum(1), 1)
    np.testing.assert_allclose((predicted - shares).sum(0), 0, atol=.02)
    # Logits are linear in the features: their weights are read back by least squares.
    x = (train - train.mean(0)) / train.std(0)
    logits = np.log(predicted) - np.log(predicted).mean(1, keepdims=True)
    weights = np.linalg.lstsq(np.c_[x, np.ones(200)], logits, rcond=None)[0][:4]
    np.testing.assert_allclose(x.T @ (predicted - shares) + weights / .5, 0, atol=.02)


def test_classes_without_a_train_cell_are_never_predicted() -> None:
    train = np.random.default_rng(0).normal(size=(20, 3))
    shares = np.eye(5)[np.where(train[:, 0] > 0, 1, 4)]
    predicted = logistic_shares(train, shares, train, strength=10)
    assert np.all(predicted[:, [0, 2, 3]] == 0)
    assert np.all(predicted.argmax(1) == shares.argmax(1))


#: Six directions, far apart: each a cluster of its own, whatever k-means starts from.
DIRECTIONS = np.concatenate([np.eye(3), -np.eye(3)])


def around(kinds: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    features = DIRECTIONS[kinds] + .02 * rng.normal(size=(len(kinds), 3))
    return (features * rng.uniform(.1, 10, (len(kinds), 1))).astype(np.float32)


def test_clusters_are_given_the_class_that_covers_most_of_them() -> None:
    kinds, others = np.arange(300) % 6, np.arange(50) % 6
    shares = np.random.default_rng(0).dirichlet([1] * 3, 300)
    most = [shares[kinds == kind].sum(0).argmax() for kind in range(6)]
    found = clustered_shares(around(kinds, 0), shares, around(others, 1), clusters=6, seed=0)
    np.testing.assert_array_equal(found, np.eye(3)[[most[kind] for kind in others]])


def test_one_to_one_by_all_permutations() -> None:
    """Where a majority would name two clusters alike."""
    kinds, others = np.arange(300) % 3, np.arange(50) % 3
    law = np.array([[8, 1, 1], [7, 2, 1], [5, 1, 4]]) / 10
    shares = law[kinds]
    best = max(itertools.permutations(range(3)),
               key=lambda names: sum(law[kind, name] for kind, name in enumerate(names)))
    features = around(kinds, 0), shares, around(others, 1)
    found = clustered_shares(*features, clusters=3, seed=0, matching='one to one')
    np.testing.assert_array_equal(found, np.eye(3)[[best[kind] for kind in others]])
    majority = clustered_shares(*features, clusters=3, seed=0)
    np.testing.assert_array_equal(majority, np.eye(3)[np.zeros(50, int)])


ROWS, SHARES = np.random.default_rng(0).normal(size=(6, 3)), np.eye(2)[np.arange(6) % 2]


@pytest.mark.parametrize('probe', [
    lambda train, shares, test: share_r2(train, shares, test, SHARES), logistic_shares,
    lambda *rows: clustered_shares(*rows, clusters=2, seed=0)], ids=['ridge', 'logistic', 'means'])
@pytest.mark.parametrize(('rows', 'told'), [
    ((ROWS[:0], SHARES[:0], ROWS), r'the train cells must be at least \d rows?, got 0'),
    ((ROWS, SHARES, ROWS[:0]), 'the test cells must be at least 1 row, got 0'),
    ((ROWS, SHARES[:5], ROWS), 'got 6 train cells and 5 shares'),
    ((ROWS * 0 + 2, SHARES, ROWS), 'the train cells are constant: all 6 rows'),
    ((ROWS * np.nan, SHARES, ROWS), 'the train cells hold numbers that are not finite'),
    ((ROWS, SHARES, ROWS[:, :2]), 'the train cells have 3 channels and the test cells 2'),
], ids=lambda value: value if isinstance(value, str) else '')
def test_bad_cells(probe, rows: tuple, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        probe(*rows)


def test_bad_classes_and_clusters() -> None:
    with pytest.raises(ValueError, match='same share of class 1'):
        share_r2(ROWS, SHARES, ROWS, SHARES * [1, 0])
    with pytest.raises(ValueError, match='got 6 test cells and 5 shares'):
        share_r2(ROWS, SHARES, ROWS, SHARES[:5])
    with pytest.raises(ValueError, match='at least two classes, got 1'):
        logistic_shares(ROWS, SHARES * [1, 0], ROWS)
    for count in (0, 7):
        with pytest.raises(ValueError, match=f'{count} clusters cannot be made of 6 train cells'):
            clustered_shares(ROWS, SHARES, ROWS, clusters=count, seed=0)
    with pytest.raises(ValueError, match='3 clusters do not match 2 classes one to one'):
        clustered_shares(ROWS, SHARES, ROWS, clusters=3, seed=0, matching='one to one')
