"""Upsampling and overlap, against loops over pixels."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.segmentation import (
    class_ious,
    confusion_matrix,
    mean_iou,
    mean_iou_of_shares,
    upsampled_classes,
)
from tests.oracles import segmentation as oracle


@pytest.mark.parametrize('size', [(3, 4), (7, 9), (12, 8), (2, 2)], ids=str)
def test_upsampling_by_loops(size: tuple) -> None:
    shares = torch.rand(3, 3, 4)
    np.testing.assert_array_equal(upsampled_classes(shares, size),
                                  oracle.upsampled(shares.double().numpy(), size))


def test_overlap_by_sets_of_pixels() -> None:
    """Class 3 is predicted and never there, class 4 neither, class 2 there and never predicted."""
    rng = np.random.default_rng(0)
    prediction, truth = rng.choice([0, 1, 3], (9, 11)), rng.choice([0, 1, 2, 255], (9, 11))
    confusion = confusion_matrix(torch.from_numpy(prediction), torch.from_numpy(truth), classes=5)
    expected = oracle.ious(prediction, truth, 5)
    assert expected[4] is None and expected[2] == expected[3] == 0
    np.testing.assert_allclose(class_ious(confusion), [np.nan if each is None else each
                                                       for each in expected])
    assert mean_iou(confusion) == pytest.approx(np.mean(expected[:4]))
    assert int(confusion[2, 1]) == ((truth == 2) & (prediction == 1)).sum()


def test_images_of_other_sizes_add_up() -> None:
    """Pixels of all images together: not the mean of the images' figures."""
    rng = np.random.default_rng(0)
    shares = [torch.rand(3, 3, 4), torch.rand(3, 2, 2)]
    truth = [rng.choice([0, 1, 2, 255], size).astype(np.uint8) for size in ((7, 9), (5, 4))]
    both = [np.concatenate([each.ravel() for each in parts])[None] for parts in (
        [oracle.upsampled(share.double().numpy(), labels.shape)
         for share, labels in zip(shares, truth, strict=True)], truth)]
    expected = np.mean(oracle.ious(*both, 3))
    assert mean_iou_of_shares(shares, [*map(torch.from_numpy, truth)]) == pytest.approx(expected)


def test_what_cannot_be_judged() -> None:
    zeros = torch.zeros(2, 2).long()
    with pytest.raises(ValueError, match='no pixel is labelled'):
        mean_iou(confusion_matrix(zeros, zeros + 255, classes=2))
    with pytest.raises(ValueError, match='there is no image to judge'):
        mean_iou_of_shares([], [])
    with pytest.raises(ValueError, match='the label 2 is none of 2 classes'):
        confusion_matrix(zeros, zeros + 2, classes=2)
    with pytest.raises(ValueError, match=r'the label 7 is none .* from 0 to 1$'):
        confusion_matrix(zeros + 7, zeros, classes=2)
    with pytest.raises(ValueError, match=r'prediction of \(2, 2\) pixels.*labels of \(2, 1\)'):
        confusion_matrix(zeros, zeros[:, :1], classes=2)
    with pytest.raises(ValueError, match='1 predictions and 2 label maps'):
        mean_iou_of_shares([torch.rand(2, 2, 2)], [zeros, zeros])
