"""From files of images and proposals to what a model takes: SoCo's data, end to end."""
from __future__ import annotations

import copy

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from oadp_mm.datasets import MultiViewDataset
from oadp_mm.models import ViewsDataPreprocessor
from oadp_mm.registry import DATASETS
from tests.datasets.proposal_files import proposal_file
from tests.datasets.transforms.test_view_boxes import CROP, EACH, FLIP

SIZES = {'a.png': (240, 320), 'sub/b.png': (320, 200), 'c.png': (150, 150)}
#: BGR of the proposals, which lie apart.
COLOURS = np.array([[0, 0, 255], [0, 255, 0], [255, 0, 0], [255, 255, 0], [0, 255, 255]])


@pytest.fixture
def config(tmp_path):
    """Images in which each proposal has a colour of its own on black."""
    init_default_scope('mmpretrain')
    boxes = {}
    for name, (height, width) in SIZES.items():
        image, boxes[name] = np.zeros((height, width, 3), np.uint8), []
        for number, colour in enumerate(COLOURS):
            (y, x), side = divmod(number, 2), min(height // 3, width // 2) - 10
            x1, y1 = x * width // 2 + 3, y * height // 3 + 4
            image[y1:y1 + side, x1:x1 + side] = colour
            boxes[name].append([x1, y1, x1 + side, y1 + side])
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), image)
    file = proposal_file(tmp_path / 'boxes.npz', boxes, SIZES, tmp_path)
    return {'type': 'oadp_mm.MultiViewDataset',
            'dataset': {'type': 'oadp_mm.ImageFolder', 'data_root': str(tmp_path),
                        'extensions': ['.png'], 'pipeline': [{'type': 'oadp_mm.LoadImage'}]},
            'proposals': {'files': str(file), 'least_side': 8},
            'views': {'crop': CROP, 'changes': [FLIP], 'each': EACH['star'],
                      'boxes': {'jitter': 0.0}}}


def test_the_model_finds_each_colour_in_its_boxes(config):
    dataset = DATASETS.build(config)
    read = 0
    for epoch in range(1, 6):
        dataset.set_seed(0, 0, epoch)
        batch = default_collate([dataset[number] for number in range(len(dataset))])
        normal = ViewsDataPreprocessor(mean=(0.0,) * 3, std=(1.0,) * 3)(batch)
        views, boxes, weights = (normal[key] for key in ('inputs', 'boxes', 'box_weights'))
        assert boxes.dtype == weights.dtype == torch.float32
        assert boxes.shape == (3, 3, 2, 4, 4) and weights.shape == (3, 3, 4)
        for image, pair, k in weights.nonzero().tolist():
            found = []
            for side, number in enumerate((0, pair + 1)):
                x, y = (boxes[image, pair, side, k, :2] + boxes[image, pair, side, k, 2:]) / 2
                rgb = views[number][image, :, int(y), int(x)]
                found.append(np.abs(COLOURS - rgb.flip(0).numpy()).sum(1))
            assert max(each.min() for each in found) <= 3
            assert found[0].argmin() == found[1].argmin()
            read += 1
    assert read > 5 * 3 * 3


def test_items_depend_on_seed_process_epoch_and_image_alone(config):
    """In any order, in any worker, boxes as well as pixels."""
    def items(dataset, order, workers=0):
        dataset.set_seed(1, 0, 3)
        loader = DataLoader(dataset, batch_size=None, sampler=order, num_workers=workers)
        return dict(zip(order, loader, strict=True))

    config['views']['boxes'] = {'jitter': 0.1, 'cutout': 0.5}
    dataset = DATASETS.build(config)
    first, *others = (items(dataset, [0, 1, 2]), items(dataset, [2, 0, 1]),
                      items(copy.deepcopy(dataset), [1, 2, 0], workers=2))
    for other in others:
        for number, item in first.items():
            for field in ('boxes', 'box_weights'):
                assert np.array_equal(item[field], other[number][field])
            assert all(map(torch.equal, item['inputs'], other[number]['inputs']))


def test_images_without_proposals_stop_before_the_first_step(config, tmp_path):
    cv2.imwrite(str(tmp_path / 'new.png'), np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(ValueError, match=r'no proposals of 1 of 4 images, such as \S+new\.png'):
        DATASETS.build(config)


def test_an_image_that_replaces_an_unreadable_one_has_its_own_proposals(config, tmp_path):
    """Without jitter and flips the first view tells where the proposals are."""
    config['views'] = {'crop': EACH['crop']['view1']['crop'], 'changes': [],
                       'each': {'view1': {}, 'view2': {}}, 'boxes': {'jitter': 0.0, 'count': 5}}
    del config['dataset']['extensions']
    dataset = DATASETS.build({**config, 'dataset': {**config['dataset'], 'max_bad_share': 0.7}})
    for name in ('a.png', 'c.png'):
        (tmp_path / name).write_bytes(b'no image')
    for number in range(3):
        item = dataset[number]
        image = item['inputs'][0].permute(1, 2, 0).numpy()
        for x1, y1, x2, y2 in item['boxes'][0, 0]:
            colour = image[int(y1 + y2) // 2, int(x1 + x2) // 2]
            assert np.abs(COLOURS - colour).sum(1).min() <= 3
        assert item['data_samples'].img_path.endswith('b.png')


def test_boxes_without_proposals_are_refused(config):
    del config['proposals']
    with pytest.raises(ValueError, match=r"set the data set's proposals=dict\(files=FILE\)"):
        DATASETS.build(config)[0]


def test_without_a_file_each_image_is_one_box(config):
    config['proposals'] = {'files': []}
    item = DATASETS.build(config)[0]
    assert item['box_weights'].tolist() == [[1, 0, 0, 0]] * 3
    assert item['boxes'][0, 0, 0].tolist() == [0, 0, 224, 224]


def test_images_without_a_path_have_no_proposals(config):
    plain = [{'img': np.zeros((20, 30, 3), np.uint8)}]
    dataset = MultiViewDataset(plain, config['views'], config['proposals'])
    with pytest.raises(ValueError, match='found by the `img_path` of an image, which its data set'):
        dataset[0]
    assert MultiViewDataset(plain, config['views'], {'files': []})[0]['box_weights'].sum() == 3


def test_any_data_set_may_bring_proposals_of_its_own(config):
    plain = [{'img': np.full((200, 300, 3), 9, np.uint8),
              'proposals': np.array([[50.0, 50, 250, 150]])}]
    assert MultiViewDataset(plain, config['views'])[0]['box_weights'].tolist() == [[1, 0, 0, 0]] * 3
