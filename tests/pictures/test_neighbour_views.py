from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.datasets import LoadImage, MultiViewDataset
from oadp_mm.pictures.neighbour_views import NeighbourViews
from tests.datasets.correspondence_files import correspondence_file
from tests.datasets.test_correspondences_in_training import VIEWS

SIZES = {'a.png': (120, 160), 'sub/b.png': (150, 100)}
BOXES = {'a.png': [[20, 30, 60, 70], [80, 10, 130, 60]], 'sub/b.png': [[10, 20, 90, 100]]}
PAIRS = {'a.png': {'sub/b.png': [(1, 0)]}, 'sub/b.png': {'a.png': [(0, 1)]}}


def config(file=None):
    return Config({'train_dataloader': {'dataset': {
        'views': VIEWS, 'correspondences': {'file': str(file)} if file else None}}})


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name, size in SIZES.items():
        (tmp_path / 'photos' / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / 'photos' / name), rng.integers(0, 256, (*size, 3), np.uint8))
    return tmp_path / 'photos'


@pytest.fixture
def file(tmp_path, folder):
    return correspondence_file(tmp_path / 'pairs.npz', BOXES, SIZES, PAIRS, folder)


@pytest.mark.parametrize('name', SIZES)
def test_the_views_are_those_of_a_training_and_lie_where_they_were_cut(folder, file, name):
    path, load = folder / name, LoadImage()
    pictures = NeighbourViews(config(file), None, [path], load)
    init_default_scope('mmpretrain')
    dataset = MultiViewDataset({'type': 'oadp_mm.ImageFolder', 'data_root': str(folder),
                                'pipeline': [load]}, VIEWS, correspondences={'file': str(file)})
    for seed in range(3):
        figure = pictures.draw(path, load({'img_path': str(path)})['img'], seed)
        set_random_seed(seed)
        expected = dataset[list(SIZES).index(name)]
        [image, neighbour], views = figure.axes[:2], figure.axes[2:]
        [other] = set(SIZES) - {name}
        for ax, shown in ((image, name), (neighbour, other)):
            pixels = cv2.imread(str(folder / shown))[..., ::-1]
            assert np.array_equal(ax.images[0].get_array(), pixels)
        drawn = {text.get_text(): patch for ax in (image, neighbour) for text, patch in
                 zip(ax.texts, (each for each in ax.patches if isinstance(each, Rectangle)),
                     strict=True)}
        assert [text.get_text() for text in neighbour.texts] == ['inter2']
        for ax, view, window, each in zip(views, expected['inputs'],
                                          expected['data_samples'].windows, VIEWS['each'],
                                          strict=True):
            assert np.array_equal(ax.images[0].get_array(), view.flip(0).permute(1, 2, 0).numpy())
            assert ax.get_title().split('\n')[0] == each
            assert ax.get_title().endswith('flipped') == window.flipped
            x, y, width, height = drawn[each].get_bbox().bounds
            assert (y + .5, x + .5, height, width) == window.rectangle
        places = [(text.xy, text.get_position()) for text in image.texts]
        assert len(set(places)) == 5  # even where there is one box, for two views
    assert pictures.notes() == []
    colours = [to_hex(drawn[each].get_edgecolor()) for each in VIEWS['each']]
    assert colours[::2] == colours[1::2] and len(set(colours)) == 3
    assert [drawn[each].get_linestyle() for each in VIEWS['each']] == ['-', '--'] * 3


def test_images_without_a_readable_neighbour_are_counted(folder, file):
    path = folder / 'sub/b.png'
    length = (folder / 'a.png').stat().st_size
    (folder / 'a.png').write_bytes(b'?' * length)
    pictures = NeighbourViews(config(file), None, [path], LoadImage())
    pictures.draw(path, cv2.imread(str(path)), 0)
    assert pictures.notes() == ['1 of the images have no readable neighbour and are their own']


def test_other_images_may_lie_beside_them(folder, file):
    """Those of a test split, as with the nuclei."""
    path = folder / 'sub/b.png'
    cv2.imwrite(str(folder / 'other.png'), np.zeros((9, 9, 3), np.uint8))
    NeighbourViews(config(file), None, [path], LoadImage()).draw(path, cv2.imread(str(path)), 0)


def test_correspondences_are_the_command_s_or_the_config_s(folder, file, tmp_path):
    images = [folder / 'a.png']
    with pytest.raises(ValueError, match='no file of correspondences: give --correspondences FILE'):
        NeighbourViews(config(), None, images, LoadImage())
    with pytest.raises(FileNotFoundError, match='there are no correspondences none'):
        NeighbourViews(config('none'), None, images, LoadImage())
    NeighbourViews(config('none'), file, images, LoadImage())
    with pytest.raises(ValueError, match=r'no correspondences of 1 of 2 images, such as c\.png'):
        NeighbourViews(config(file), None, [*images, Path('c.png')], LoadImage())
