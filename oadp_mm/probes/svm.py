"""Linear support vector machines on frozen features of images with several classes each.

The protocol of VOC07 in Goyal et al. 2019 and in its code, which ORL follows: features of length
one, one machine a class, positives of twice the weight, squared hinge loss.
"""
from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.svm import LinearSVC

from oadp_mm.ops.average_precision import mean_average_precision
from oadp_mm.ops.rows import check_lengths, check_pair, check_rows, check_varied, unit

#: Costs among which each class chooses, in the order of the protocol: the first of equals is taken.
COSTS = (1., 10., 100., *(.5**power for power in range(4, 20)))
FOLDS = 3
#: Positives a class, and independent samples, of the low-shot protocol.
SHOTS = (1, 2, 4, 8, 16, 32, 64, 96)
SAMPLES = 5


def svm_scores(train: np.ndarray, labels: np.ndarray, test: np.ndarray, *,
               costs: Sequence[float] = COSTS, jobs: int | None = None,
               ) -> tuple[np.ndarray, np.ndarray]:
    """Scores of one linear SVM a class, its cost chosen by cross-validation on the train images.

    For `mean_average_precision`. On VOC07 with 2048 channels it takes minutes.

    Args:
        train: features (n, c).
        labels: (n, k): 1 where an image shows the class, 0 where not, -1 where a test would not
            count it, which is trained as a negative, as in the protocol's code.
        test: features (m, c).
        costs: the one of the best average precision over three folds is taken, the first of equals.
        jobs: processes for the folds; one if None.

    Returns:
        Scores (m, k), and the cost of each class.

    Raises:
        ValueError: no images, other lengths or channels, features that are constant or not finite,
            or a class with fewer than three positive or negative train images.
    """
    rows, others = _checked(train, labels, test, least=FOLDS)
    scores, chosen = np.empty((len(others), labels.shape[1])), np.empty(labels.shape[1])
    for number, positive in enumerate(labels.T == 1):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', ConvergenceWarning)  # the protocol stops at 2000 too
            precision = [cross_val_score(_machine(cost), rows, positive, cv=FOLDS, n_jobs=jobs,
                                         scoring='average_precision').mean() for cost in costs]
        chosen[number] = costs[int(np.argmax(precision))]
        scores[:, number] = _fitted(chosen[number], rows, positive, others)
    return scores, chosen


def low_shot_labels(labels: np.ndarray, shots: int, seed: int) -> np.ndarray:
    """A sample of few labels: `shots` positives a class, and (k - 1) times as many negatives.

    Drawn for each class by itself, as in Goyal et al.; all negatives, where there are no more.

    Args:
        labels: (n, k) as in `svm_scores`.
        shots: positive images a class.
        seed: of the sample.

    Returns:
        The labels (n, k), with -1 wherever nothing is told.

    Raises:
        ValueError: fewer than one shot, or a class with fewer positives.
    """
    generator = np.random.default_rng(seed)
    sample = np.full_like(labels, -1)
    for number, label in enumerate(labels.T):
        positive, negative = np.flatnonzero(label == 1), np.flatnonzero(label == 0)
        if not 1 <= shots <= len(positive):
            raise ValueError(f'class {number} has {len(positive)} positive images, so that {shots} '
                             f'cannot be drawn: give from 1 to {len(positive)} shots')
        few = min(shots * (labels.shape[1] - 1), len(negative))
        sample[generator.choice(positive, shots, replace=False), number] = 1
        sample[generator.choice(negative, few, replace=False), number] = 0
    return sample


def low_shot_precisions(train: np.ndarray, labels: np.ndarray, test: np.ndarray,
                        test_labels: np.ndarray, *, shots: int,
                        seeds: Sequence[int] = range(SAMPLES),
                        costs: Sequence[float] = COSTS) -> np.ndarray:
    """Mean average precision of SVMs from few labels, for each sample and cost; 0 to 1.

    Goyal et al. report `.mean(0).max()`: the mean over samples at the cost that is best on the test
    images. A cost fixed beforehand is the honest figure.

    Args:
        train: features (n, c).
        labels: (n, k) as in `svm_scores`.
        test: features (m, c).
        test_labels: (m, k) likewise.
        shots: see `low_shot_labels`.
        seeds: of independent samples.
        costs: of all classes' machines.

    Returns:
        float64 (samples, costs).

    Raises:
        ValueError: as `svm_scores` and `low_shot_labels`; a class with fewer positives than shots,
            without a negative, or without a positive among the test images.
    """
    rows, others = _checked(train, labels, test)
    found = np.empty((len(seeds), len(costs)))
    for i, seed in enumerate(seeds):
        sample = low_shot_labels(labels, shots, seed)
        for j, cost in enumerate(costs):
            scores = [_fitted(cost, rows[label >= 0], label[label >= 0] == 1, others)
                      for label in sample.T]
            found[i, j] = mean_average_precision(np.stack(scores, 1), test_labels)
    return found


def _machine(cost: float) -> LinearSVC:
    return LinearSVC(C=cost, class_weight={True: 2, False: 1}, dual=True, max_iter=2000,
                     random_state=0)


def _fitted(cost: float, rows: np.ndarray, positive: np.ndarray, test: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)
        return _machine(cost).fit(rows, positive).decision_function(test)


def _checked(train: np.ndarray, labels: np.ndarray, test: np.ndarray, least: int = 1,
             ) -> tuple[np.ndarray, np.ndarray]:
    """Both sets of features at length one, in float64."""
    rows = torch.from_numpy(train), torch.from_numpy(test)
    names = 'the train images', 'the test images'
    for each, name in zip(rows, names, strict=True):
        check_rows(each, name)
    check_pair(*rows, names)
    check_lengths(**{'train images': len(train), 'rows of labels': len(labels)})
    check_varied(rows[0], names[0])
    for number, label in enumerate(labels.T):
        counts = [int((label == value).sum()) for value in (1, 0)]
        if min(counts) < least:
            raise ValueError(f'class {number} has {counts[0]} positive and {counts[1]} negative '
                             f'train images, and needs {least} of each: leave it out, or give more '
                             'images')
    return unit(rows[0], torch.float64).numpy(), unit(rows[1], torch.float64).numpy()
