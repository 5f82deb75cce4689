from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate

from oadp_mm.datasets import ImageFolder, MultiViewDataset
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
