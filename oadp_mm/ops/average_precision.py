"""How well scores rank: the average precision of Pascal VOC.

Equal scores are read together, as one threshold: figures do not depend on the order of rows, and
scores that are all equal rank no better than the share of positives.
"""
from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from oadp_mm.ops.rows import check_lengths

Points = Literal['all', 'eleven']


def average_precision(scores: Float[np.ndarray, ' n'], positive: Bool[np.ndarray, ' n'],
                      points: Points = 'all') -> float:
    """Average of the precision, made falling from right to left, over recall; 0 to 1.

    Args:
        scores: the greater, the surer.
        positive: which rows are of the class.
        points: `'all'` integrates over every recall, as VOC does since 2010 and Goyal et al. 2019
            for VOC07's linear SVMs; `'eleven'` reads recalls 0, .1, ..., 1, as VOC did in 2007
            (Everingham et al. 2010, section 4.2).

    Raises:
        ValueError: scores and labels of other lengths, no positive row, or scores that are not
            finite.
    """
    check_lengths(scores=len(scores), labels=len(positive))
    found = int(positive.sum())
    if not found:
        raise ValueError(f'none of {len(positive)} rows is positive, so that there is no recall: '
                         'leave the class out')
    if not np.isfinite(scores).all():
        raise ValueError('scores hold numbers that are not finite: the features that they are of '
                         'are broken')
    order = np.argsort(-scores, kind='stable')
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(positive[order])[last]
    precision = np.maximum.accumulate((hits / (last + 1))[::-1])[::-1]
    if points == 'all':
        return float(np.diff(hits, prepend=0) @ precision / found)
    # Whole numbers, so that a recall of just .3 is reached.
    reached = np.searchsorted(hits * 10, np.arange(11) * found)
    return float(precision[reached].mean())


def mean_average_precision(scores: Float[np.ndarray, 'n k'], labels: Int[np.ndarray, 'n k'],
                           points: Points = 'all') -> float:
    """Mean of the classes' average precisions, 0 to 1, of images with several classes each.

    Args:
        scores: of each image for each class.
        labels: 1 where the image shows the class, 0 where it does not, -1 where it is not counted,
            such as VOC's difficult objects.
        points: see `average_precision`.

    Raises:
        ValueError: as `average_precision`, with the number of the class.
    """
    if scores.shape != labels.shape:
        raise ValueError(f'expected one label for each score, got labels {labels.shape} for '
                         f'scores {scores.shape}')
    each = []
    for number, (score, label) in enumerate(zip(scores.T, labels.T, strict=True)):
        counted = label >= 0
        try:
            each.append(average_precision(score[counted], label[counted] == 1, points))
        except ValueError as error:
            raise ValueError(f'class {number}: {error}') from error
    return float(np.mean(each))
