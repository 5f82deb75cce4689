from __future__ import annotations

import mmpretrain.datasets.transforms  # noqa: F401 (registers MultiView and PackInputs)
import numpy as np
import pytest
from mmengine.registry import DefaultScope
from mmengine.runner import Runner

from oadp_mm.datasets import DigitScenes
from oadp_mm.registry import DATASETS


def same(a, b) -> bool:
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ('image', 'labels', 'owners'))


def test_scenes_do_not_depend_on_the_order_of_calls_nor_on_the_length():
    forward, other = DigitScenes(6), DigitScenes(60)
    first = [forward.scene(i) for i in range(6)]
    for i in (5, 0, 3, 3):
        assert same(first[i], other.scene(i))
        assert np.array_equal(first[i].image, other[i]['img'])


@pytest.mark.parametrize('other', [{'seed': 1}, {'split': 'test'}])
def test_seed_and_split_change_every_scene(other):
    a, b = DigitScenes(8), DigitScenes(8, **other)
    assert not any(np.array_equal(a.scene(i).owners, b.scene(i).owners) for i in range(8))


def test_no_scene_comes_twice():
    dataset = DigitScenes(50)
    assert len({dataset.scene(i).image.tobytes() for i in range(50)}) == 50


def test_the_number_of_objects_covers_the_range_asked_for():
    dataset = DigitScenes(150, objects=(2, 5))
    assert {len(dataset.scene(i).labels) for i in range(150)} == {2, 3, 4, 5}


@pytest.mark.parametrize('split', ['train', 'test'])
def test_annotations_agree_with_each_other(split):
    dataset = DigitScenes(10, split, size=(96, 128))
    for i in range(10):
        scene = dataset.scene(i)
        assert scene.image.shape == (96, 128, 3)
        assert scene.masks.sum(axis=0).max() == 1
        painted = np.zeros((96, 128), np.uint8)
        for label, mask, box in zip(scene.labels, scene.masks, scene.boxes, strict=True):
            rows, columns = np.nonzero(mask)
            assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            painted[mask] = label + 1
        assert np.array_equal(painted, scene.semantic)


@pytest.mark.integration
@pytest.mark.parametrize('workers', [0, 2])
def test_workers_give_the_same_scenes_in_every_epoch(workers):
    loader = Runner.build_dataloader({
        'dataset': {'type': 'oadp_mm.DigitScenes', 'num_scenes': 6, 'size': (64, 64)},
        'sampler': {'type': 'DefaultSampler', 'shuffle': False},
        'batch_size': 2,
        'num_workers': workers,
        'persistent_workers': workers > 0,
    })
    direct = DigitScenes(6, size=(64, 64))
    for _ in range(2):
        batches = list(loader)
        images = [image for batch in batches for image in batch['img']]
        assert [i for batch in batches for i in batch['sample_idx']] == list(range(6))
        assert all(np.array_equal(image, direct.scene(i).image) for i, image in enumerate(images))


def test_views_need_no_loading_transform():
    pipeline = [{'type': 'MultiView', 'num_views': [1, 1], 'transforms': [[], []]},
                {'type': 'PackInputs'}]
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        dataset = DATASETS.build(
            {'type': 'oadp_mm.DigitScenes', 'num_scenes': 2, 'pipeline': pipeline})
    item = dataset[1]
    for view in item['inputs']:
        assert np.array_equal(view.numpy().transpose(1, 2, 0), dataset.scene(1).image)
    assert item['data_samples'].img_path == 'digit_scenes/train/seed0/000001.png'


def test_a_subset_keeps_the_scenes_numbers():
    subset = DigitScenes(10, indices=[7, 2])
    assert len(subset) == 2
    assert np.array_equal(subset[0]['img'], DigitScenes(10).scene(7).image)


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'num_scenes': 0}, r'num_scenes is 0, expected at least 1\.'),
    ({'split': 'val'}, r"split is 'val', expected 'train' or 'test'\."),
    ({'seed': -1}, r'seed is -1, expected 0 or more\.'),
    ({'size': (160, 31)}, r'size is \(160, 31\), expected \(height, width\) of at least 32'),
    ({'size': (160,)}, r'size is \(160,\), expected \(height, width\)'),
    ({'objects': (0, 3)}, r'objects is \(0, 3\), expected \(least, most\) with 1 <= least'),
    ({'objects': (5, 4)}, r'objects is \(5, 4\), expected'),
    ({'objects': (3, 51)}, r'objects is \(3, 51\), expected .* <= 50\.'),
])
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DigitScenes(**{'num_scenes': 4, **arguments})


def test_a_scene_that_is_not_there_is_refused():
    with pytest.raises(IndexError, match='there is no scene 4, the last is 3'):
        DigitScenes(4).scene(4)
