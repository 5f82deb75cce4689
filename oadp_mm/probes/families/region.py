"""What features of annotated boxes know of their classes."""
from __future__ import annotations

from typing import Any

import numpy as np
import torch

from oadp_mm.ops.neighbours import NEIGHBOURS, check_labels, nearest_rows, vote
from oadp_mm.ops.retrieval import retrieval_precisions
from oadp_mm.probes.classifiers import linear_accuracy
from oadp_mm.probes.families.figure import figure, sample
from oadp_mm.probes.regions import by_size

#: Boxes that are learned from and measured on; those of a logistic regression, and of retrieval.
BOXES = {'train': 6000, 'test': 3000}
LINEAR, RETRIEVED = 2000, 2000
VOTERS = NEIGHBOURS[0]


def region_figures(train: np.ndarray, labels: np.ndarray, test: np.ndarray, truth: np.ndarray,
                   areas: np.ndarray) -> list[dict[str, Any]]:
    """k-NN and its accuracy by size of object, a linear classifier, and retrieval.

    Args:
        train: features (n, c).
        labels: int64 (n,), their classes.
        test: features (m, c).
        truth: int64 (m,), their classes.
        areas: (m,) of the objects; a third of them each is small, medium and large.

    Raises:
        ValueError: boxes of one class, or constant features.
    """
    check_labels(torch.from_numpy(labels))
    queries = torch.from_numpy(test)
    cosines, index = nearest_rows(queries, torch.from_numpy(train), VOTERS)
    named = vote(cosines, torch.from_numpy(labels)[index],
                 classes=int(max(labels.max(), truth.max())) + 1)
    right = named.numpy() == truth
    figures = [figure(f'{index.shape[1]}-NN', right.mean(), per_cent=True, better='more')]
    limits = np.quantile(areas, (1 / 3, 2 / 3))
    sizes = by_size(right, areas, (limits[0], limits[1])) if 0 < limits[0] < limits[1] else {}
    figures += [figure(f'{name}', found[0], per_cent=True, better='more')
                for name, found in sizes.items() if found]
    few = sample(len(train), LINEAR)
    figures.append(figure('linear', linear_accuracy(train[few], labels[few].tolist(), test,
                                                   truth.tolist()) / 100,
                          per_cent=True, better='more'))
    some = sample(len(test), RETRIEVED)
    precisions, _ = retrieval_precisions(queries[some], torch.from_numpy(truth[some]))
    figures.append(figure('mAP', float(precisions.mean()), per_cent=True, better='more'))
    common = np.bincount(truth).max() / len(truth)
    return [*figures, figure('guess', common, per_cent=True)]
