from __future__ import annotations

import numpy as np
import pytest
from mmdet.datasets import CocoDataset
from mmdet.datasets.transforms import LoadAnnotations
from mmengine.registry import DefaultScope
from mmseg.datasets import BaseSegDataset
from mmseg.datasets.transforms import LoadAnnotations as LoadSemantic

from oadp_mm.datasets import DigitScenes
from oadp_mm.datasets.digits.digit_files import write_scenes
from oadp_mm.datasets.digits.sources import CLASSES

OPTIONS = {'size': (64, 96), 'seed': 5, 'objects': (2, 4)}
COUNTS = {'train': 3, 'test': 2}


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp('scenes') / 'out'
    assert write_scenes(root, num_train=3, num_test=2, **OPTIONS)
    return root


@pytest.mark.parametrize('split', COUNTS)
def test_mmdet_reads_the_scenes_of_the_dataset(root, split):
    scenes = DigitScenes(COUNTS[split], split, **OPTIONS)
    with DefaultScope.overwrite_default_scope('mmdet'):
        dataset = CocoDataset(
            ann_file=f'annotations/instances_{split}.json', data_root=str(root),
            data_prefix={'img': f'{split}/images/'}, metainfo={'classes': CLASSES},
            pipeline=[{'type': 'LoadImageFromFile'}])
    assert len(dataset) == COUNTS[split]
    load = LoadAnnotations(with_bbox=True, with_mask=True, box_type=None)
    for i in range(len(dataset)):
        item, scene = load(dataset[i]), scenes.scene(i)
        assert np.array_equal(item['img'], scene.image)
        assert np.array_equal(item['gt_bboxes'], scene.boxes)
        assert np.array_equal(item['gt_bboxes_labels'], scene.labels)
        assert np.array_equal(item['gt_masks'].masks, scene.masks)


@pytest.mark.parametrize('split', COUNTS)
def test_mmseg_reads_the_scenes_of_the_dataset(root, split):
    scenes = DigitScenes(COUNTS[split], split, **OPTIONS)
    with DefaultScope.overwrite_default_scope('mmseg'):
        dataset = BaseSegDataset(
            data_root=str(root), img_suffix='.png', seg_map_suffix='.png',
            data_prefix={'img_path': f'{split}/images', 'seg_map_path': f'{split}/masks'},
            metainfo={'classes': ('background', *CLASSES)},
            pipeline=[{'type': 'LoadImageFromFile'}])
    assert len(dataset) == COUNTS[split]
    for i in range(len(dataset)):
        item = LoadSemantic()(dataset[i])
        assert np.array_equal(item['img'], scenes.scene(i).image)
        assert np.array_equal(item['gt_seg_map'], scenes.scene(i).semantic)


def test_only_the_same_options_find_the_work_done(root):
    assert not write_scenes(root, num_train=3, num_test=2, **OPTIONS)
    with pytest.raises(FileExistsError, match='differ in seed, train:'):
        write_scenes(root, num_train=4, num_test=2, **{**OPTIONS, 'seed': 6})


def test_bad_options_make_no_folder(tmp_path):
    with pytest.raises(ValueError, match='num_scenes is 0'):
        write_scenes(tmp_path / 'out', num_train=1, num_test=0)
    assert list(tmp_path.iterdir()) == []
