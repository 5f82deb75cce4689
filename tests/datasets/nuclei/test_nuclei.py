from __future__ import annotations

import cv2
import numpy as np
import pytest
from mmengine.registry import DATASETS

from oadp_mm.datasets.nuclei.nuclei import FOLDER, Nuclei, names, scene, subset


def test_the_splits_share_no_image_and_leave_none_out():
    train, test = names('train'), names('test')
    assert (len(train), len(test)) == (544, 120)
    files = {path.stem for path in FOLDER.glob('images/*.jpg')}
    assert {*train, *test} == files == {path.stem for path in FOLDER.glob('owners/*.png')}
    assert not {*train} & {*test}


def test_a_scene_is_its_two_files():
    for split, number in (('train', 0), ('train', 543), ('test', 7)):
        found, name = scene(split, number), names(split)[number]
        assert np.array_equal(found.image, cv2.imread(str(FOLDER / f'images/{name}.jpg')))
        owners = cv2.imread(str(FOLDER / f'owners/{name}.png'), cv2.IMREAD_UNCHANGED)
        assert len(found.labels) == len(np.unique(owners)) - 1
        assert np.array_equal(found.owners > 0, owners > 0)
        pairs = {*zip(found.owners.ravel().tolist(), owners.ravel().tolist(), strict=True)}
        assert len(pairs) == len(found.labels) + 1  # one number for each of theirs


def test_all_nuclei_are_there():
    """The number of its README."""
    count = sum(len(scene(split, number).labels) for split in ('train', 'test')
                for number in range(len(names(split))))
    assert count == 28919


@pytest.mark.parametrize('split', ['train', 'test'])
def test_the_data_set_gives_images_alone(split):
    dataset = DATASETS.build({'type': 'oadp_mm.Nuclei', 'split': split,
                              'pipeline': [{'type': 'oadp_mm.LoadImage'}]})
    assert len(dataset) == len(names(split))
    item = dataset[5]
    assert np.array_equal(item['img'], scene(split, 5).image)
    assert not item.keys() & {'gt_bboxes', 'gt_label', 'instances'}


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match="'train' or 'test', got 'val'"):
        Nuclei(split='val')


def test_subsets_lie_within_each_other_and_follow_the_seed():
    smaller, larger = subset(8), subset(16)
    assert len(smaller) == 8
    assert {*smaller} < {*larger}
    assert subset(8) == smaller != subset(8, seed=1)
    with pytest.raises(ValueError, match='1 to 544 images, got 545'):
        subset(545)
