"""What the mean of a map knows of the class of its image."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from oadp_mm.ops.neighbours import knn_accuracies
from oadp_mm.probes.classifiers import linear_accuracy
from oadp_mm.probes.families.figure import figure, sample

#: Train images of the logistic regression.
LINEAR = 5000


def image_figures(train: np.ndarray, labels: Sequence[int], test: np.ndarray, truth: Sequence[int],
                  ) -> list[dict[str, Any]]:
    """k-NN of 20 and 100, or of as many train images as there are, and a linear classifier.

    Args:
        train: features (n, c).
        labels: n classes from 0.
        test: features (m, c).
        truth: m classes.

    Raises:
        ValueError: images of one class, or constant features.
    """
    kinds, truths = torch.tensor(labels), torch.tensor(truth)
    accuracies = knn_accuracies(torch.from_numpy(test), truths, torch.from_numpy(train), kinds)
    few = sample(len(train), LINEAR)
    linear = linear_accuracy(train[few], kinds[few].tolist(), test, truth) / 100
    return [*(figure(f'{count}-NN', share, per_cent=True, better='more')
              for count, share in accuracies.items()),
            figure('linear', linear, per_cent=True, better='more'),
            figure('guess', float(truths.bincount().max()) / len(truths),
                   per_cent=True)]
