from __future__ import annotations

import copy

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate

from oadp_mm.datasets import ImageFolder, MultiViewDataset
from oadp_mm.datasets.seeding import seed_generators
from oadp_mm.models import ViewsDataPreprocessor
from oadp_mm.ops.windows import Window
from oadp_mm.registry import DATASETS

VIEWS = {'crop': {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 16}, 'changes': [],
         'each': {'first': {}, 'second': {'crop': {'size': 8}}}}


@pytest.fixture
def images(tmp_path):
    for i in range(3):
        cv2.imwrite(str(tmp_path / f'{i}.png'), np.full((20, 30, 3), 60 * i, np.uint8))
    return {'type': 'oadp_mm.ImageFolder', 'data_root': str(tmp_path),
            'pipeline': [{'type': 'oadp_mm.LoadImage'}]}


def test_an_item_holds_its_views_and_their_windows(images):
    dataset = DATASETS.build({'type': 'oadp_mm.MultiViewDataset', 'dataset': images,
                              'views': VIEWS})
    assert len(dataset) == 3
    assert dataset.metainfo == dataset.dataset.metainfo
    item = dataset[1]
    assert [tuple(view.shape) for view in item['inputs']] == [(3, 16, 16), (3, 8, 8)]
    assert all(view.dtype == torch.uint8 and (view == 60).all() for view in item['inputs'])
    assert [type(window) for window in item['data_samples'].windows] == [Window, Window]
    assert item['data_samples'].ori_shape == (20, 30)
    batch = default_collate([dataset[i] for i in range(3)])
    assert [tuple(view.shape) for view in batch['inputs']] == [(3, 3, 16, 16), (3, 3, 8, 8)]
    assert len(batch['data_samples']) == 3


def test_gray_levels_of_another_source_reach_the_model(images):
    """Those of image 1 before its colours were changed, whatever the views became."""
    changes = [{'type': 'oadp_mm.ColorJitter', 'brightness': 0.8},
               {'type': 'mmcv.RandomFlip', 'prob': 1.0}]
    dataset = MultiViewDataset(images, {**VIEWS, 'changes': changes, 'gray_source': 'geometric'})
    batch = default_collate([dataset[1], dataset[1]])
    assert any((view != 60).any() for view in batch['inputs'])
    data = ViewsDataPreprocessor(gray=True)(batch)
    assert [tuple(gray.shape) for gray in data['gray']] == [(2, 16, 16), (2, 8, 8)]
    assert all((gray == 60).all() for gray in data['gray'])


def test_a_data_set_itself_can_be_wrapped(images):
    images = ImageFolder(images['data_root'], pipeline=images['pipeline'])
    assert MultiViewDataset(images, VIEWS).dataset is images


def test_images_that_nobody_loaded_are_refused(images):
    dataset = MultiViewDataset({**images, 'pipeline': []}, VIEWS)
    with pytest.raises(ValueError, match=r'items of ImageFolder lack: give it pipeline=\[dict'):
        dataset[0]
    with pytest.raises(ValueError, match='items of list lack'):
        MultiViewDataset([None], VIEWS)[0]


def test_any_data_set_can_be_wrapped():
    """torch's, without mmengine's full_init and metainfo."""
    plain = [{'img': np.full((20, 30, 3), 9, np.uint8)}]
    dataset = MultiViewDataset(plain, VIEWS)
    dataset.full_init()
    assert dataset.metainfo == {}
    assert (dataset[0]['inputs'][0] == 9).all()


class Noise(list):
    """Pictures in which no two places are alike, so that a view tells where it was cut."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(0)
        super().__init__({'img': rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)}
                         for _ in range(count))


class TestSeeds:
    def items(self, numbers, *seed: int, dataset=None):
        dataset = dataset or MultiViewDataset(Noise(4), VIEWS)
        dataset.set_seed(*seed)
        return {number: dataset[number]['inputs'][0] for number in numbers}

    def test_an_item_depends_on_neither_order_nor_what_was_drawn_before(self):
        first = self.items([0, 1, 2, 3], 7, 0, 1)
        seed_generators(99)
        again = self.items([3, 1, 0, 2], 7, 0, 1)
        assert all(torch.equal(view, again[number]) for number, view in first.items())

    @pytest.mark.parametrize('other', [(8, 0, 1), (7, 1, 1), (7, 0, 2)],
                             ids=['seed', 'process', 'epoch'])
    def test_it_depends_on_all_else(self, other):
        first, second = self.items(range(4), 7, 0, 1), self.items(range(4), *other)
        assert not any(torch.equal(first[number], second[number]) for number in first)

    def test_an_item_that_comes_again_in_an_epoch_has_other_views(self):
        """RepeatDataset, and samplers that repeat."""
        dataset = MultiViewDataset(Noise(1), VIEWS)
        epochs = []
        for _ in range(2):
            dataset.set_seed(7, 0, 1)
            epochs.append([dataset[0]['inputs'][0] for _ in range(3)])
        assert all(map(torch.equal, *epochs))
        assert not torch.equal(epochs[0][0], epochs[0][1])
        assert not torch.equal(epochs[0][1], epochs[0][2])
        assert not torch.equal(epochs[0][0], epochs[0][2])

    def test_untold_it_draws_from_the_generators_as_they_are(self):
        dataset = MultiViewDataset(Noise(1), VIEWS)
        seed_generators(1)
        first, second = (dataset[0]['inputs'][0] for _ in range(2))
        seed_generators(1)
        assert torch.equal(dataset[0]['inputs'][0], first)
        assert not torch.equal(first, second)

    def test_a_copy_can_be_told_too(self):
        dataset = copy.deepcopy(MultiViewDataset(Noise(4), VIEWS))
        assert dataset._told.is_shared()
        assert dataset._visits.is_shared()
        first, second = self.items([0], 7, 0, 1, dataset=dataset), self.items([0], 7, 0, 1)
        assert torch.equal(first[0], second[0])
