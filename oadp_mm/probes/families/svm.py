"""Which classes an image shows, by linear SVMs: VOC07's protocol, with all labels and with few."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oadp_mm.ops.average_precision import mean_average_precision
from oadp_mm.probes.data import Boxes
from oadp_mm.probes.families.figure import figure
from oadp_mm.probes.svm import FOLDS, SHOTS, low_shot_precisions, svm_scores


def classes_shown(boxes: Sequence[Boxes], classes: int) -> np.ndarray:
    """int64 (images, classes): 1 where an image has a box of the class, -1 where it shows the class
    in what does not count alone (VOC's difficult objects, crowds), else 0.
    """
    shown = np.zeros((len(boxes), classes), np.int64)
    for row, each in zip(shown, boxes, strict=True):
        row[each.uncounted] = -1
        row[each.kinds] = 1
    return shown


def svm_figures(train: np.ndarray, labels: np.ndarray, test: np.ndarray, truth: np.ndarray,
                seeds: int) -> list[dict[str, Any]]:
    """Mean average precision with all labels, and with few a class.

    Classes that fewer than three train images show, or all but fewer, or no test image, are left
    out. Of few labels the figure is that of Goyal et al. 2019: the mean over samples at the cost
    that is best on the test images.

    Args:
        train: features (n, c).
        labels: (n, k), see `classes_shown`.
        test: features (m, c).
        truth: (m, k).
        seeds: samples of few labels.

    Raises:
        ValueError: fewer than two classes are left, or constant features.
    """
    positive, negative = ((labels == value).sum(0) for value in (1, 0))
    kept = np.flatnonzero((positive >= FOLDS) & (negative >= FOLDS) & (truth == 1).any(0))
    if len(kept) < 2:
        raise ValueError(f'{len(kept)} classes are shown by {FOLDS} train images, not by {FOLDS} '
                         'others, and by a test image: give data of two or more')
    labels, truth = labels[:, kept], truth[:, kept]
    scores, _ = svm_scores(train, labels, test)
    figures = [figure('mAP', mean_average_precision(scores, truth), per_cent=True, better='more')]
    for shots in SHOTS:
        if shots <= positive[kept].min():
            found = low_shot_precisions(train, labels, test, truth, shots=shots, seeds=range(seeds))
            best = found[:, found.mean(0).argmax()].tolist()
            figures.append(figure(f'{shots} shot{"s" * (shots > 1)}', best, per_cent=True,
                                  better='more'))
    return [*figures, figure('guess', float(np.mean([(each == 1).sum() / (each >= 0).sum()
                                              for each in truth.T])), per_cent=True),
            figure('classes', len(kept), detail=True)]
