"""What a linear read-out, and clusters, know of the classes in cells of frozen features.

Cells are rows: features (n, c) of the train images' cells and of the test images', and the share of
each class in each, from `oadp_mm.ops.cell_shares`; leave out cells without a label. Predictions
are shares again, for `oadp_mm.ops.segmentation.mean_iou_of_shares` once they are maps.
"""
from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import MiniBatchKMeans
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from oadp_mm.ops.rows import check_lengths, check_pair, check_rows, check_varied, unit

#: Strengths of the ridge penalty, one of which the train cells choose.
PENALTIES = (1., 1e2, 1e4)
FOLDS = 3
#: Inverse strength of the logistic read-out's penalty.
STRENGTH = 1e-1

Matching = Literal['majority', 'one to one']


def share_r2(train: np.ndarray, train_shares: np.ndarray, test: np.ndarray,
             test_shares: np.ndarray) -> np.ndarray:
    """Share of the variance of each class's share that a ridge regression explains, 1 at most.

    Features are standardised by the train cells. The penalty of `PENALTIES` that predicts best is
    chosen by a cross-validation over blocks of train cells, so that most cells of an image, which
    resemble each other, stand in one block; the test cells decide nothing.

    Args:
        train: features (n, c), image by image.
        train_shares: (n, k).
        test: features (m, c).
        test_shares: (m, k).

    Returns:
        R2 of each of k classes on the test cells: 0 is what their mean would predict, and a worse
        prediction is below it.

    Raises:
        ValueError: too few cells, other lengths or channels, features that are constant or not
            finite, or a class of which all test cells have the same share.
    """
    _check(train, train_shares, test, least=FOLDS)
    check_lengths(**{'test cells': len(test), 'shares': len(test_shares)})
    flat = np.flatnonzero(np.ptp(test_shares, axis=0) == 0)
    if len(flat):
        raise ValueError(f'all test cells have the same share of class {flat[0]}, so that there is '
                         'nothing to explain: leave the class out')
    search = GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {'ridge__alpha': PENALTIES},
                          scoring='neg_mean_squared_error', cv=KFold(FOLDS))
    error = search.fit(train, train_shares).predict(test).reshape(test_shares.shape) - test_shares
    return 1 - (error**2).sum(0) / ((test_shares - test_shares.mean(0))**2).sum(0)


def logistic_shares(train: np.ndarray, train_shares: np.ndarray, test: np.ndarray,
                    strength: float = STRENGTH) -> np.ndarray:
    """Shares that a multinomial logistic regression on single cells predicts.

    It minimises the cross-entropy to the shares: a cell stands once for each class in it, weighted
    by the share. Features are standardised by the train cells.

    Args:
        train: features (n, c).
        train_shares: (n, k).
        test: features (m, c).
        strength: inverse of the penalty's; the same for all networks that are compared.

    Returns:
        (m, k), which sum to 1 over classes; 0 for a class that no train cell has.

    Raises:
        ValueError: no cells, other lengths or channels, features that are constant or not finite,
            or shares of fewer than two classes.
    """
    _check(train, train_shares, test)
    cell, kind = np.nonzero(train_shares)
    if len(set(kind)) < 2:
        raise ValueError('a read-out needs train cells of at least two classes, got '
                         f'{len(set(kind))}: give more labelled images')
    scaler = StandardScaler().fit(train)
    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit(scaler.transform(train)[cell], kind, sample_weight=train_shares[cell, kind])
    shares = np.zeros((len(test), train_shares.shape[1]))
    shares[:, model.classes_] = model.predict_proba(scaler.transform(test))
    return shares


def clustered_shares(train: np.ndarray, train_shares: np.ndarray, test: np.ndarray, *,
                     clusters: int, seed: int, matching: Matching = 'majority') -> np.ndarray:
    """Overclustering: k-means of unit features, of which each cluster is given a class.

    Args:
        train: features (n, c).
        train_shares: (n, k); these alone name the clusters.
        test: features (m, c).
        clusters: how many; several times as many as classes for `'majority'`.
        seed: of k-means.
        matching: `'majority'` gives a cluster the class that covers most of its train cells, the
            first of equals; `'one to one'` (Hungarian) gives each class one cluster, so that most
            of all train cells is covered, and needs as many clusters as classes.

    Returns:
        (m, k): 1 for the class of the cell's cluster, else 0.

    Raises:
        ValueError: as `logistic_shares`, but for the number of classes; fewer train cells than
            clusters; or another number of clusters than of classes, one to one.
    """
    _check(train, train_shares, test)
    classes = train_shares.shape[1]
    if not 1 <= clusters <= len(train):
        raise ValueError(f'{clusters} clusters cannot be made of {len(train)} train cells: give '
                         f'from 1 to {len(train)}')
    if matching == 'one to one' and clusters != classes:
        raise ValueError(f'{clusters} clusters do not match {classes} classes one to one: give '
                         f"{classes} clusters, or matching='majority'")
    rows, others = (unit(torch.from_numpy(each)).numpy() for each in (train, test))
    model = MiniBatchKMeans(clusters, random_state=seed, n_init=3).fit(rows)
    covered = np.zeros((clusters, classes))
    np.add.at(covered, model.predict(rows), train_shares)
    name = covered.argmax(1)
    if matching == 'one to one':
        name = linear_sum_assignment(covered, maximize=True)[1]
    return np.eye(classes)[name[model.predict(others)]]


def _check(train: np.ndarray, shares: np.ndarray, test: np.ndarray, least: int = 1) -> None:
    names = 'the train cells', 'the test cells'
    check_rows(torch.from_numpy(train), names[0], least)
    check_rows(torch.from_numpy(test), names[1])
    check_pair(torch.from_numpy(train), torch.from_numpy(test), names)
    check_lengths(**{'train cells': len(train), 'shares': len(shares)})
    check_varied(torch.from_numpy(train), names[0])
