"""What the cells of maps know of the classes of pixels."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from torch import Generator, Tensor

from oadp_mm.ops.cell_shares import IGNORED, cell_shares
from oadp_mm.ops.in_context import cells_per_image, retrieved_shares, sample_cells
from oadp_mm.ops.segmentation import mean_iou_of_shares
from oadp_mm.probes.data import Data, Part
from oadp_mm.probes.extract import Features
from oadp_mm.probes.families.figure import Better, figure, sample
from oadp_mm.probes.segmentation import clustered_shares, logistic_shares, share_r2

#: Shares of the train images whose labels are carried over.
LABELS = {'all': 1., '1/8': 1 / 8, '1/64': 1 / 64}
#: Cells of the bank of labelled ones, of the ridge and logistic regressions and of the clusters.
BANK, RIDGE, LOGISTIC, CLUSTERED = 8192, 12_000, 3_000, 12_000
CLUSTERS_A_CLASS = 10
_COLUMNS = 4


def dense_figures(train: Features, test: Features, data: Data, size: int, seeds: int,
                  ) -> list[dict[str, Any]]:
    """R2 of the shares of classes, and the mean IoU of three kinds of read-out.

    `ceiling` is the mean IoU of the true shares: cells are coarser than pixels.

    Args:
        train: features of the train images.
        test: of the test images.
        data: with label maps.
        size: of the shorter side of an image; larger label maps are brought to it.
        seeds: of what is drawn.

    Raises:
        ValueError: constant features, labels of one class, or too few labelled cells.
    """
    classes = len(data.map_classes)
    shares, known, _ = _labels(data.train, train, classes, size)
    test_shares, test_known, truth = _labels(data.test, test, classes, size)
    labelled, test_labelled = np.flatnonzero(known), np.flatnonzero(test_known)

    def some(most: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = labelled[sample(len(labelled), most)]
        return train.cells[chosen], shares[chosen]

    explained = _explained(*some(RIDGE), test.cells[test_labelled], test_shares[test_labelled],
                           data.map_classes)
    cells = np.array(test.cells)

    def judged(found: Any) -> float:
        parts = torch.as_tensor(found).split(np.diff(test.starts).tolist())
        return mean_iou_of_shares([part.T.unflatten(1, tuple(grid[1:])) for part, grid in
                                   zip(parts, test.grids.tolist(), strict=True)], truth)

    in_context = [_mean_iou(f'context {name}', [
        judged(_in_context(train, shares, torch.from_numpy(cells), share, seed))
        for seed in range(seeds)]) for name, share in LABELS.items()]
    rows, of_rows = some(CLUSTERED)
    clusters = min(CLUSTERS_A_CLASS * classes, len(rows))
    return [*explained, *in_context,
            _mean_iou('linear', judged(logistic_shares(*some(LOGISTIC), cells))),
            _mean_iou('clusters', [judged(clustered_shares(
                rows, of_rows, cells, clusters=clusters, seed=seed)) for seed in range(seeds)]),
            _mean_iou('ceiling', judged(test_shares), better='')]


def _mean_iou(name: str, value: float | Sequence[float], better: Better = 'more',
              ) -> dict[str, Any]:
    return figure(name, value, per_cent=True, better=better, table='mean IoU')


def _labels(part: Part, features: Features, classes: int, size: int,
            ) -> tuple[np.ndarray, np.ndarray, list[Tensor]]:
    """Shares (n, k) of all cells, which of them have labels, and the label maps."""
    assert part.label_map is not None
    shares, known, truth = [], [], []
    for number, rows, columns in features.grids.tolist():
        labels = part.label_map(number)
        if min(labels.shape) > size:
            scale = size / min(labels.shape)
            height, width = (round(side * scale) for side in labels.shape)
            labels = cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST)
        truth.append(torch.from_numpy(labels.astype(np.int64)))
        share, area = cell_shares(truth[-1], (rows, columns), classes=classes, ignored=IGNORED)
        shares.append(share.flatten(1).T)
        known.append(area.flatten() > 0)
    return torch.cat(shares).numpy(), torch.cat(known).numpy(), truth


def _explained(train: np.ndarray, shares: np.ndarray, test: np.ndarray, test_shares: np.ndarray,
               names: Sequence[str]) -> list[dict[str, Any]]:
    """R2 by class, and their mean; classes that no test cell varies in are left out."""
    varied = [i for i, name in enumerate(names)
              if name != 'background' and np.ptp(test_shares[:, i]) > 0]
    r2 = share_r2(train, shares[:, varied], test, test_shares[:, varied])
    each = [figure(f'R2 {names[i]}', value, better='more', detail=len(varied) > _COLUMNS,
                   table='shares')
            for i, value in zip(varied, r2, strict=True)]
    return each if len(each) == 1 else [
        *each, figure('R2 mean', r2.mean(), better='more', detail=len(varied) <= _COLUMNS,
                       table='shares')]


def _in_context(train: Features, shares: np.ndarray, cells: Tensor, share: float,
                seed: int) -> Tensor:
    """Shares that cells take over from those of some train images."""
    starts, images = train.starts, len(train.grids)
    few = np.random.default_rng(seed).permutation(images)[:max(1, round(share * images))]
    generator = torch.Generator().manual_seed(seed)
    each = cells_per_image(BANK, len(few))
    bank = np.concatenate([starts[i] + _drawn(shares[starts[i]:starts[i + 1]], each, generator)
                           for i in few])
    return retrieved_shares(cells, torch.from_numpy(train.cells[bank]),
                            torch.from_numpy(shares[bank]))


def _drawn(shares: np.ndarray, count: int, generator: Generator) -> np.ndarray:
    return sample_cells(torch.from_numpy(shares).T, count, generator).numpy()
