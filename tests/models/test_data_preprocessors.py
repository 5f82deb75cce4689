from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate
from mmpretrain.structures import DataSample

from oadp_mm.models.data_preprocessors import ViewsDataPreprocessor
from oadp_mm.ops.windows import Window

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]


def views(*shapes, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
            for shape in shapes]


def test_views_are_normalised_in_rgb_and_keep_their_gray_levels():
    bgr = views((2, 3, 5, 7), (2, 3, 4, 4))
    out = ViewsDataPreprocessor(MEAN, STD, gray=True)({'inputs': bgr})
    assert out['data_samples'] is None
    for view, normal, gray in zip(bgr, out['inputs'], out['gray'], strict=True):
        assert gray.dtype == torch.uint8
        for image, planes, levels in zip(view, normal, gray, strict=True):
            pixels = np.ascontiguousarray(image.permute(1, 2, 0).numpy())
            rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
            np.testing.assert_allclose(
                planes.permute(1, 2, 0).numpy(), (rgb - np.array(MEAN)) / STD, atol=1e-5)
            reference = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(int)
            assert np.abs(levels.numpy() - reference).max() <= 1


def test_gray_levels_are_made_for_whom_asks_and_what_else_came_passes_through():
    boxes = torch.rand(2, 4, 4)
    out = ViewsDataPreprocessor()({'inputs': views((2, 3, 5, 7)), 'boxes': boxes})
    assert set(out) == {'inputs', 'data_samples', 'boxes'}
    assert torch.equal(out['boxes'], boxes)


def test_gray_levels_that_came_with_the_views_are_kept():
    gray = [torch.zeros(2, 5, 7, dtype=torch.uint8)]
    out = ViewsDataPreprocessor(gray=True)({'inputs': views((2, 3, 5, 7)), 'gray': gray})
    assert torch.equal(out['gray'][0], gray[0])


def test_windows_become_numbers():
    """Top, left, height, width, flipped, an image a row."""
    windows = [[Window(1, 2, 3, 4, size=(4, 4)), Window(5, 6, 7, 8, size=(6, 6), flipped=True)],
               [Window(0, 0, 9, 9, size=(4, 4), flipped=True), Window(8, 7, 6, 5, size=(6, 6))]]
    samples = [{'inputs': views((3, 4, 4), (3, 6, 6)),
                'data_samples': DataSample(metainfo={'windows': each})} for each in windows]
    out = ViewsDataPreprocessor(windows=True)(default_collate(samples))
    assert out['windows'].tolist() == [[[1, 2, 3, 4, 0], [5, 6, 7, 8, 1]],
                                       [[0, 0, 9, 9, 1], [8, 7, 6, 5, 0]]]


def test_views_alone_have_no_windows():
    """As they are measured in mid-training."""
    out = ViewsDataPreprocessor(windows=True)({'inputs': views((2, 3, 5, 7)), 'data_samples': None})
    assert 'windows' not in out


@pytest.mark.parametrize('samples', [
    [DataSample()], [DataSample(metainfo={'windows': [None, Window(0, 0, 4, 4, (4, 4))]})]])
def test_views_that_do_not_say_where_they_lie_are_refused_in_one_sentence(samples):
    batch = {'inputs': views((1, 3, 4, 4), (1, 3, 4, 4)), 'data_samples': samples}
    with pytest.raises(ValueError, match=r'which a view does not say: .*oadp_mm\.Rand') as refusal:
        ViewsDataPreprocessor(windows=True)(batch)
    assert '\n' not in str(refusal.value) and '. ' not in str(refusal.value)


def test_the_host_s_preprocessor_gives_the_same_views():
    """mmpretrain's, with ImageNet's statistics, as its own methods are configured."""
    from mmpretrain.models import SelfSupDataPreprocessor

    theirs = SelfSupDataPreprocessor(mean=MEAN, std=STD, to_rgb=True)
    batch = {'inputs': views((2, 3, 5, 7), (2, 3, 4, 4)), 'data_samples': None}
    for ours, reference in zip(ViewsDataPreprocessor()(batch)['inputs'],
                               theirs(batch)['inputs'], strict=True):
        assert torch.equal(ours, reference)


def test_it_takes_what_the_default_collate_function_makes_of_packed_views():
    samples = [{'inputs': views((3, 4, 4), (3, 6, 6), seed=i), 'data_samples': DataSample()}
               for i in range(3)]
    out = ViewsDataPreprocessor(MEAN, STD)(default_collate(samples))
    assert [tuple(view.shape) for view in out['inputs']] == [(3, 3, 4, 4), (3, 3, 6, 6)]
    assert len(out['data_samples']) == 3


def test_nothing_of_it_enters_a_checkpoint():
    assert not ViewsDataPreprocessor(MEAN, STD).state_dict()


@pytest.mark.parametrize(('inputs', 'error', 'message'), [
    (views((2, 3, 4, 4))[0], TypeError, 'one tensor a view, got Tensor; use .*MultiViewDataset'),
    ([], TypeError, 'got an empty list'),
    ([views((3, 4, 4))], TypeError, "got a list of list; use .*'default_collate'"),
    ([torch.zeros(2, 3, 4, 4)], TypeError, r'must be uint8, got torch\.float32'),
    (views((3, 4, 4)), ValueError, r'must be \(b, 3, h, w\), got \(3, 4, 4\)'),
    (views((2, 1, 4, 4)), ValueError, r'got \(2, 1, 4, 4\)'),
    (views((2, 3, 4, 4), (3, 3, 4, 4)), ValueError, r'got batches of \[2, 3\]'),
])
def test_what_is_no_batch_of_views_is_refused(inputs, error, message):
    with pytest.raises(error, match=message):
        ViewsDataPreprocessor(MEAN, STD)({'inputs': inputs})


@pytest.mark.parametrize(('mean', 'std'), [([1.0], STD), (MEAN, [1.0, 1.0]), (MEAN, [1, 0, 1])])
def test_impossible_statistics_are_refused(mean, std):
    with pytest.raises(ValueError, match='three positive standard deviations'):
        ViewsDataPreprocessor(mean, std)
