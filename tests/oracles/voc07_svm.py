"""VOC07 by linear SVMs, as Goyal et al. 2019 and OpenSelfSup's code measure it, written out.

Images: the shorter side to 256 of 224, then squeezed into a square, both by Pillow's bilinear
filter. Features: the last map's means in 2 x 2 windows, as far apart as a cell, of length one.
Labels: of VOC's XML; an image that shows a class in difficult objects alone counts for neither
side. Machines: squared hinge, twice the weight for positives, the cost by three folds.
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from torch import nn

from tests.oracles.average_precision import all_points

COSTS = [1., 10., 100., *(.5**power for power in range(4, 20))]


def features(backbone: nn.Module, paths: Sequence[Path], size: int, mean: Sequence[float],
             std: Sequence[float]) -> np.ndarray:
    """Of an RGB network with its own statistics."""
    rows = []
    backbone.eval()
    for path in paths:
        image = Image.open(path).convert('RGB')
        short = round(size * 256 / 224)
        scale = short / min(image.size)
        image = image.resize([max(short, int(side * scale)) for side in image.size], Image.BILINEAR)
        pixels = np.asarray(image.resize((size, size), Image.BILINEAR), np.float32)
        values = torch.from_numpy((pixels - np.float32(mean)) / np.float32(std)).permute(2, 0, 1)
        with torch.inference_mode():
            cells = backbone(values[None])[-1][0].double().numpy()
        side = cells.shape[1] - 1
        means = [cells[:, i:i + side, j:j + side].mean((1, 2)) for i in (0, 1) for j in (0, 1)]
        rows.append(np.stack(means, 1).ravel())
    found = np.array(rows)
    return found / (np.linalg.norm(found, axis=1)[:, None] + 1e-5)


def labels(root: Path, names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    table = np.zeros((len(names), len(classes)), int)
    for row, name in zip(table, names, strict=True):
        seen = [(each.findtext('name'), each.findtext('difficult')) for each in
                ElementTree.parse(root / f'Annotations/{name}.xml').iter('object')]
        for number, kind in enumerate(classes):
            hard = [difficult == '1' for other, difficult in seen if other == kind]
            row[number] = (-1 if all(hard) else 1) if hard else 0
    return table


def mean_average_precision(train: np.ndarray, told: np.ndarray, test: np.ndarray,
                           truth: np.ndarray) -> float:
    found = []
    for label, true in zip(told.T, truth.T, strict=True):
        signs = np.where(label == 1, 1, -1)  # `cls_labels[cls_labels == 0] = -1`, ignored or not
        best = max(COSTS, key=lambda cost: np.mean([
            average_precision_score(signs[left], _machine(cost).fit(
                train[seen], signs[seen]).decision_function(train[left]))
            for seen, left in StratifiedKFold(3).split(train, signs)]))
        scores = _machine(best).fit(train, signs).decision_function(test[true != -1])
        found.append(all_points(scores.tolist(), (true[true != -1] == 1).tolist()))
    return float(np.mean(found))


def _machine(cost: float) -> LinearSVC:
    return LinearSVC(C=cost, class_weight={1: 2, -1: 1}, intercept_scaling=1.0, penalty='l2',
                     loss='squared_hinge', tol=.0001, dual=True, max_iter=2000, random_state=0)
