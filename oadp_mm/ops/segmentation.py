"""A label map judged: from shares in cells to pixels, and the mean intersection over union."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from oadp_mm.ops.cell_shares import IGNORED, check_classes
from oadp_mm.ops.rows import check_lengths


def upsampled_classes(shares: Float[Tensor, 'k rows columns'], size: tuple[int, int],
                      ) -> Int64[Tensor, 'h w']:
    """The class of each pixel: the greatest of the cells' shares, bilinear between their centres.

    Args:
        shares: of each class in each cell, or scores of another scale.
        size: rows and columns of pixels.

    Returns:
        Class numbers; of equal shares the smaller.
    """
    grown = F.interpolate(shares[None].float(), size=size, mode='bilinear', align_corners=False)
    return grown[0].max(0).indices  # the first of equals, as argmax, many times as fast


def confusion_matrix(prediction: Tensor, truth: Tensor, *,
                     classes: int, ignored: int = IGNORED) -> Int64[Tensor, 'k k']:
    """How many pixels of each class (row) are predicted as each (column); matrices add up.

    Args:
        prediction: classes, 0 to `classes` - 1.
        truth: classes of the same shape, or `ignored`.
        classes: how many there are.
        ignored: the label of pixels that count for nothing.

    Raises:
        ValueError: other shapes, or labels that are none of the classes.
    """
    if prediction.shape != truth.shape:
        raise ValueError(f'a prediction of {tuple(prediction.shape)} pixels cannot be held against '
                         f'labels of {tuple(truth.shape)}: bring it to their size')
    check_classes(truth, classes, ignored)
    known = truth != ignored
    prediction, truth = prediction[known].long(), truth[known].long()
    check_classes(prediction, classes)
    pairs = torch.bincount(truth * classes + prediction, minlength=classes**2)
    return pairs.view(classes, classes)


def class_ious(confusion: Int64[Tensor, 'k k']) -> Float64[Tensor, ' k']:
    """Intersection over union of each class, 0 to 1, NaN for one neither there nor predicted."""
    counts = confusion.double()
    both = counts.diagonal()
    return both / (counts.sum(0) + counts.sum(1) - both)


def mean_iou(confusion: Int64[Tensor, 'k k']) -> float:
    """Mean over the classes that are there or predicted, as in mmsegmentation.

    Raises:
        ValueError: no pixel was counted.
    """
    if not confusion.sum():
        raise ValueError('no pixel is labelled: give label maps that do not ignore all')
    return float(class_ious(confusion).nanmean())


def mean_iou_of_shares(shares: Sequence[Tensor], truth: Sequence[Tensor], *,
                       ignored: int = IGNORED) -> float:
    """Mean intersection over union, in pixels of all images, of shares predicted in cells.

    Images may have any sizes. Memory is that of one image: its pixels times the classes.

    Args:
        shares: (k, rows, columns) of each image, see `upsampled_classes`.
        truth: (h, w), the label map of each image.
        ignored: see `confusion_matrix`.

    Raises:
        ValueError: no image, other numbers of predictions and of label maps, or as
            `confusion_matrix` and `mean_iou`.
    """
    check_lengths(predictions=len(shares), **{'label maps': len(truth)})
    if not len(truth):
        raise ValueError('there is no image to judge: give at least one')
    total = torch.zeros((), dtype=torch.int64)
    for each, labels in zip(shares, truth, strict=True):
        size = labels.shape[0], labels.shape[1]
        found = upsampled_classes(each, size)
        total = total + confusion_matrix(found, labels.to(found.device), classes=len(each),
                                         ignored=ignored).cpu()
    return mean_iou(total)
