"""From files of images and correspondences to the six views of an image: ORL's data, end to end."""
from __future__ import annotations

import copy
import shutil
from collections import Counter

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import default_collate
from mmengine.registry import init_default_scope
from torch.utils.data import DataLoader

from oadp_mm.datasets import MultiViewDataset
from oadp_mm.registry import DATASETS
from tests.datasets.correspondence_files import correspondence_file
from tests.datasets.transforms.test_view_boxes import FLIP

SIZES = {'a.png': (240, 320), 'sub/b.png': (320, 200), 'c.png': (150, 180)}
#: Image -> neighbour -> pairs of a box of the former and one of the latter.
PAIRS = {'a.png': {'sub/b.png': [(0, 2), (3, 1)], 'c.png': [(1, 1), (2, 0)]},
         'sub/b.png': {'a.png': [(0, 0)], 'c.png': [(1, 3)]},
         'c.png': {'sub/b.png': [(3, 3)], 'a.png': [(0, 1)]}}
PATCH = {'scale': 96}
VIEWS = {
    'crop': {'type': 'oadp_mm.RandomResizedWindow', 'scale': 224}, 'changes': [FLIP],
    'each': {
        'global1': {}, 'global2': {},
        'inter1': {'crop': {'type': 'oadp_mm.CorrespondingWindow', 'side': 'query', **PATCH}},
        'inter2': {'crop': {'type': 'oadp_mm.CorrespondingWindow', 'side': 'key', **PATCH}},
        'intra1': {'crop': {'type': 'oadp_mm.ProposalWindow', **PATCH}},
        'intra2': {'crop': {'type': 'oadp_mm.JitteredWindow', 'like': 'intra1', **PATCH}}}}


def colours(number):
    """BGR of the left and of the right half of the boxes of an image: both tell which it is."""
    return [((80 * (number + 1), 60 * (box + 1), 0), (80 * (number + 1), 60 * (box + 1), 255))
            for box in range(4)]


def boxes_of(height, width):
    """One in each quarter, of other sides in each image."""
    h, w = height // 2 - 8, width // 2 - 12
    return [[x, y, x + w // 4 * 4, y + h // 4 * 4]
            for y in (4, height // 2 // 4 * 4) for x in (8, width // 2 // 4 * 4)]


def painted(number, height, width):
    image = np.zeros((height, width, 3), np.uint8)
    for (x1, y1, x2, y2), (left, right) in zip(boxes_of(height, width), colours(number),
                                               strict=True):
        image[y1:y2, x1:(x1 + x2) // 2], image[y1:y2, (x1 + x2) // 2:x2] = left, right
    return image


@pytest.fixture
def config(tmp_path):
    """Images in which each box has a colour of its own on black; the right half is red, too."""
    init_default_scope('mmpretrain')
    folder = tmp_path / 'photos'
    for number, (name, size) in enumerate(SIZES.items()):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        cv2.imwrite(str(folder / name), painted(number, *size))
    file = correspondence_file(tmp_path / 'pairs.npz', {name: boxes_of(*size) for name, size in
                                                        SIZES.items()}, SIZES, PAIRS, folder)
    return {'type': 'oadp_mm.MultiViewDataset',
            'dataset': {'type': 'oadp_mm.ImageFolder', 'data_root': str(folder),
                        'pipeline': [{'type': 'oadp_mm.LoadImage'}]},
            'correspondences': {'file': str(file)}, 'views': VIEWS}


def what(view, flipped, off=4):
    """Name and box that a view's middle shows, by the colours of both halves."""
    height, width = view.shape[1:]
    left, right = ((view[:, height // 2, x].tolist()) for x in (width // 4, width * 3 // 4))
    if flipped:
        left, right = right, left
    assert left[2] < 40 and right[2] > 215, 'it is cut from one box, and its flip is told'
    assert np.abs(np.subtract(left[:2], right[:2])).max() <= off
    number, box = (round(v / unit) - 1 for v, unit in zip(left[:2], (80, 60), strict=True))
    assert np.abs(np.subtract(left[:2], colours(number)[box][0][:2])).max() <= off
    return list(SIZES)[number], box


def patches(item):
    """What the four patches show, by the names of the views."""
    windows = item['data_samples'].windows
    return {name: what(item['inputs'][i], windows[i].flipped)
            for i, name in enumerate(VIEWS['each']) if i > 1 and name != 'intra2'}


def name_of(item):
    path = item['data_samples'].img_path
    return next(name for name in SIZES if path.endswith(name))


def test_each_patch_shows_its_box(config):
    """All pairs come, each as often as any of its neighbour, and boxes of no other image."""
    dataset = DATASETS.build(config)
    seen, flips = Counter(), Counter()
    for epoch in range(1, 201):
        dataset.set_seed(0, 0, epoch)
        for number in range(3):
            item = dataset[number]
            name, found = name_of(item), patches(item)
            assert found['inter1'][0] == found['intra1'][0] == name
            (_, query), (neighbour, key) = found['inter1'], found['inter2']
            assert (query, key) in PAIRS[name][neighbour]
            seen[name, neighbour, query, key] += 1
            seen[name, 'intra', found['intra1'][1]] += 1
            flips.update([window.flipped for window in item['data_samples'].windows])
            windows_fit(item)
    expected = {(name, other, *pair): 100 / len(pairs) for name, others in PAIRS.items()
                for other, pairs in others.items() for pair in pairs}
    expected.update({(name, 'intra', box): 50 for name in PAIRS for box in range(4)})
    assert seen.keys() == expected.keys()
    # Binomial of 200 draws: six standard deviations.
    assert all(abs(seen[key] - mean) < 6 * (mean * (1 - mean / 200)) ** .5
               for key, mean in expected.items())
    assert .45 < flips[True] / flips.total() < .55


def windows_fit(item):
    """The windows are those of the boxes, and `intra2` overlaps `intra1` by more than a half."""
    windows = item['data_samples'].windows
    boxes = boxes_of(*SIZES[name_of(item)])
    assert [window.of_neighbour for window in windows] == [False, False, False, True, False, False]
    assert all(windows[i].box.tolist() in boxes for i in (2, 4))
    (a, b, c, d), (e, f, g, h) = (windows[i].box.tolist() for i in (4, 5))
    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))
    assert 2 * shared > (c - a) * (d - b) + (g - e) * (h - f) - shared


def test_items_hold_six_views_and_nothing_else_is_new(config):
    dataset = DATASETS.build(config)
    batch = default_collate([dataset[number] for number in range(3)])
    assert batch.keys() == {'inputs', 'data_samples'}
    assert all(view.dtype == torch.uint8 for view in batch['inputs'])
    assert [tuple(view.shape) for view in batch['inputs']] == (
        [(3, 3, 224, 224)] * 2 + [(3, 3, 96, 96)] * 4)
    plain = DATASETS.build({**config, 'correspondences': None,
                            'views': {**VIEWS, 'each': {'global1': {}, 'global2': {}}}})
    assert set(dataset[0]['data_samples'].all_keys()) == set(plain[0]['data_samples'].all_keys())


def test_items_depend_on_seed_process_epoch_and_image_alone(config):
    """In any order, in any worker, and when a training begins in that epoch."""
    def items(dataset, order, workers=0):
        dataset.set_seed(1, 0, 3)
        loader = DataLoader(dataset, batch_size=None, sampler=order, num_workers=workers)
        return dict(zip(order, loader, strict=True))

    dataset = DATASETS.build(config)
    first = items(dataset, [0, 1, 2])
    others = (items(dataset, [2, 0, 1], workers=1),
              items(copy.deepcopy(dataset), [1, 2, 0], workers=3),
              items(DATASETS.build(config), [1, 0, 2]))
    for other in others:
        for number, item in first.items():
            assert all(map(torch.equal, item['inputs'], other[number]['inputs']))
    dataset.set_seed(1, 0, 4)
    assert not all(map(torch.equal, first[0]['inputs'], dataset[0]['inputs']))


@pytest.mark.parametrize('factor', [2, 4, 8])
def test_boxes_shrink_with_images_that_are_decoded_small(config, tmp_path, factor):
    """The files hold images `factor` times as large, which JPEG shrinks by blocks of 8 pixels."""
    folder = tmp_path / 'photos'
    sizes = {name: tuple(side * factor for side in size) for name, size in SIZES.items()}
    boxes = {name: (np.array(boxes_of(*size)) * factor).tolist() for name, size in SIZES.items()}
    for number, (name, size) in enumerate(SIZES.items()):
        large = painted(number, *size).repeat(factor, 0).repeat(factor, 1)
        jpeg = cv2.imencode('.jpg', large, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        (folder / name).write_bytes(jpeg.tobytes())
    file = correspondence_file(tmp_path / 'large.npz', boxes, sizes, PAIRS, folder)
    config['correspondences'] = {'file': str(file)}
    config['dataset']['pipeline'] = [{'type': 'oadp_mm.LoadImage', 'min_side': 150}]
    dataset = DATASETS.build(config)
    for number in range(3):
        for _ in range(5):
            item = dataset[number]
            assert item['data_samples'].ori_shape == SIZES[name_of(item)]
            for index, view in ((2, 'inter1'), (3, 'inter2'), (4, 'intra1')):
                window = item['data_samples'].windows[index]
                name, box = what(item['inputs'][index], window.flipped, off=20)
                assert window.box.tolist() == boxes_of(*SIZES[name])[box], view
                assert (name == name_of(item)) == (view != 'inter2')


class TestUnreadable:
    """While it trains, as when a disk fails; the file was made before."""

    def broken(self, config, tmp_path, *names):
        dataset = DATASETS.build({**config, 'dataset': {**config['dataset'], 'max_bad_share': .7}})
        for name in names:
            length = (tmp_path / 'photos' / name).stat().st_size
            (tmp_path / 'photos' / name).write_bytes(b'?' * length)
        return dataset

    def test_another_neighbour_takes_the_place_of_an_unreadable_one(self, config, tmp_path):
        dataset = self.broken(config, tmp_path, 'c.png')
        for epoch in range(1, 20):
            dataset.set_seed(0, 0, epoch)
            for number in range(3):
                item = dataset[number]
                name, found = name_of(item), patches(item)
                (_, query), (neighbour, key) = found['inter1'], found['inter2']
                assert {name, neighbour} == {'a.png', 'sub/b.png'}
                assert (query, key) in PAIRS[name][neighbour]

    def test_an_image_without_a_readable_neighbour_is_its_own(self, config, tmp_path):
        dataset = self.broken(config, tmp_path, 'c.png', 'a.png')
        for _ in range(9):
            for number in range(3):
                found = patches(dataset[number])
                assert found['inter1'] == found['inter2']
                assert found['inter1'][0] == found['intra1'][0] == 'sub/b.png'

    def test_so_is_one_that_was_unreadable_when_the_file_was_made(self, config, tmp_path):
        boxes = {name: boxes_of(*size) for name, size in SIZES.items()}
        pairs = {'a.png': {'c.png': [(0, 1)]}, 'sub/b.png': {}, 'c.png': {'a.png': [(1, 1)]}}
        config['correspondences'] = {'file': correspondence_file(
            tmp_path / 'p.npz', {**boxes, 'sub/b.png': []}, {**SIZES, 'sub/b.png': (0, 0)}, pairs,
            tmp_path / 'photos')}
        item = next(item for item in map(DATASETS.build(config).__getitem__, range(3))
                    if name_of(item) == 'sub/b.png')
        windows = item['data_samples'].windows
        assert [windows[i].rectangle for i in (2, 3, 4)] == [(0, 0, 320, 200)] * 3


class TestOtherImages:
    """One sentence each, before the first step."""

    def refused(self, config, sentence):
        with pytest.raises(ValueError, match=sentence):
            DATASETS.build(config)

    def test_folders_may_be_moved_and_renamed(self, config, tmp_path):
        shutil.move(tmp_path / 'photos', tmp_path / 'elsewhere' / 'pictures')
        config['dataset']['data_root'] = str(tmp_path / 'elsewhere/pictures')
        patches(DATASETS.build(config)[0])

    def test_a_file_of_another_folder(self, config, tmp_path):
        for name in SIZES:
            path = tmp_path / 'photos' / name
            path.rename(path.with_name(f'other-{path.name}'))
        self.refused(config, r'pairs\.npz has no correspondences of 3 of 3 images, such as \S+, '
                             r'only those of 3 images of photos: make them by oadp-mm '
                             r'correspondences FOLDER --out FILE$')

    def test_other_bytes(self, config, tmp_path):
        with (tmp_path / 'photos/c.png').open('ab') as image:
            image.write(b'0')
        self.refused(config, r'pairs\.npz has correspondences of other images than 1 of these 3, '
                             r'such as \S+c\.png, whose file has another number of bytes: make '
                             r'those of your images by .* --overwrite$')

    def test_other_pixels(self, config, tmp_path):
        """In a file of as many bytes."""
        path = tmp_path / 'photos/c.png'
        small = cv2.imencode('.png', np.zeros((9, 9, 3), np.uint8))[1].tobytes()
        path.write_bytes(small.ljust(path.stat().st_size, b'0'))
        dataset, c = DATASETS.build(config), 1
        assert dataset.dataset.get_data_info(c)['img_path'] == str(path)
        with pytest.raises(ValueError, match=r'c\.png has 9 x 9 pixels, but its namesake in '
                                             r'\S+pairs\.npz had 150 x 180: make the '
                                             r'correspondences of this image'):
            dataset[c]

    def test_an_image_in_no_file(self, config, tmp_path):
        cv2.imwrite(str(tmp_path / 'photos/new.png'), np.zeros((9, 9, 3), np.uint8))
        self.refused(config, r'no correspondences of 1 of 4 images, such as \S+new\.png')

    def test_a_neighbour_that_is_gone(self, config, tmp_path):
        (tmp_path / 'photos/c.png').unlink()
        self.refused(config, r'1 neighbours in \S+pairs\.npz, such as c\.png, are not among the 2 '
                             r'images of the data set: train on all images of the folder photos, '
                             r'or make the correspondences of your images by oadp-mm')

    def test_no_file_or_a_damaged_one(self, config, tmp_path):
        file = tmp_path / 'pairs.npz'
        file.write_bytes(file.read_bytes()[:-99])
        self.refused(config, r'pairs\.npz is no file of correspondences of the form .* make it '
                             'anew by oadp-mm correspondences FOLDER')
        file.unlink()
        with pytest.raises(FileNotFoundError, match=r'no correspondences \S+pairs\.npz: make them'):
            DATASETS.build(config)

    @pytest.mark.parametrize('told', [None, {}])
    def test_images_without_paths(self, config, told):
        class Images(list):
            if told is not None:
                def get_data_info(self, number):
                    return told

        with pytest.raises(ValueError, match='which Images does not tell by get_data_info: take a'):
            MultiViewDataset(Images([{'img': np.zeros((9, 9, 3), np.uint8)}]), config['views'],
                             correspondences=config['correspondences'])

    def test_two_kinds_of_proposals(self, config):
        sentence = 'set proposals=None and views.boxes=None, or correspondences=None'
        self.refused({**config, 'proposals': {'files': []}}, sentence)
        self.refused({**config, 'views': {**VIEWS, 'boxes': {}}}, sentence)


@pytest.mark.parametrize(('view', 'name'), [('inter1', 'correspondence'), ('intra1', 'proposals')])
def test_patches_without_a_file_are_refused(config, view, name):
    config.update(correspondences=None,
                  views={**VIEWS, 'each': {view: VIEWS['each'][view]}})
    with pytest.raises(ValueError, match=f'by the `{name}` of an image, and there is none: set the '
                                         r"data set's correspondences=dict\(file=FILE\)"):
        DATASETS.build(config)[0]
