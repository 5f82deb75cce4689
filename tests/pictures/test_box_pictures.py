from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.datasets.transforms import MultiView
from oadp_mm.ops.levels import BOUNDS
from oadp_mm.ops.windows import Window
from oadp_mm.pictures.box_pictures import BoxPictures, draw_boxes
from tests.datasets.proposal_files import proposal_file
from tests.datasets.transforms.test_view_boxes import CROP, EACH, FLIP

BOXES = [[50, 50, 190, 140], [150, 20, 280, 190]]


def config(**dataset):
    views = {'crop': CROP, 'changes': [FLIP], 'each': EACH['star'], 'boxes': {}}
    return Config({'model': {'neck': {}}, 'train_dataloader': {
        'dataset': {'views': views, **dataset}}})


@pytest.fixture
def file(tmp_path):
    return proposal_file(tmp_path / 'boxes.npz', {'a.png': BOXES}, {'a.png': (200, 300)})


def made(*boxes, numbers, sizes=((224, 224), (112, 112))):
    """Views of these sizes, whose boxes lie alike in all."""
    return {'img': [np.full((*size, 3), 90, np.uint8) for size in sizes],
            'windows': [Window(0, 0, 9, 9, size) for size in sizes],
            'boxes': np.tile(np.array(boxes, np.float32), (len(sizes) - 1, 2, 1, 1)),
            'box_numbers': np.array(numbers)}


def outlines(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_boxes_are_where_they_are_and_say_their_level():
    """Up to 48, 96, 192 and 224 pixels are P2, P3, P4 and P5."""
    sides = [48, 49, 96, 97, 192, 193, 224, 225]
    boxes = [[1, 2, 1 + side, 2 + side] for side in sides]
    figure = draw_boxes(made(*boxes, numbers=[range(8)]), ['a', 'b'], BOUNDS)
    for ax in figure.axes:
        drawn = outlines(ax)
        assert [each.get_bbox().bounds for each in drawn] == [
            (.5, 1.5, side, side) for side in sides]
        assert [text.get_text() for text in ax.texts] == [
            'P2', 'P3', 'P3', 'P4', 'P4', 'P5', 'P5', 'none']
        assert [each.get_linestyle() for each in drawn] == ['-'] * 7 + ['--']


def test_a_proposal_has_one_colour_everywhere_and_padding_none():
    two = made([0, 0, 9, 9], [3, 3, 20, 20], [0, 0, 224, 224], numbers=[[7, 3, -1], [3, 5, 7]],
               sizes=((224, 224), (112, 112), (192, 192)))
    figure = draw_boxes(two, ['a', 'b', 'c'], None)
    colours = [[to_hex(each.get_edgecolor()) for each in outlines(ax)] for ax in figure.axes]
    (seven, three), again, (three_too, five, seven_too), _ = colours
    assert again == [seven, three]
    assert (three_too, seven_too) == (three, seven)
    assert len({three, five, seven}) == 3
    assert not any(ax.texts for ax in figure.axes)


def test_pixels_of_all_views_are_of_one_size():
    figure = draw_boxes(made([0, 0, 9, 9], numbers=[[0]]), ['one', 'other'], BOUNDS)
    assert {ax.get_xlim() + ax.get_ylim() for ax in figure.axes} == {(-.5, 223.5, 223.5, -.5)}
    assert [ax.get_title() for ax in figure.axes] == ['one: 224 x 224', 'other: 112 x 112']


def test_the_views_are_those_of_a_training(file):
    image = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    settings = config(proposals={'files': str(file)})
    pictures = BoxPictures(settings, None, [Path('x/a.png')])
    for seed in range(3):
        figure = pictures.draw(Path('x/a.png'), image, seed)
        init_default_scope('mmpretrain')
        set_random_seed(seed)
        expected = MultiView(**settings.train_dataloader.dataset.views)(
            {'img': image, 'proposals': np.array(BOXES, np.float64)})
        for pair, view in enumerate(expected['img'][1:]):
            left, right = figure.axes[2 * pair:2 * pair + 2]
            assert np.array_equal(left.images[0].get_array(), expected['img'][0][..., ::-1])
            assert np.array_equal(right.images[0].get_array(), view[..., ::-1])
            assert len(outlines(right)) == expected['box_weights'][pair].sum()
            assert right.get_title().endswith('flipped') == expected['windows'][pair + 1].flipped
    assert pictures.notes() == []


def test_levels_are_the_model_s(file):
    settings = config(proposals={'files': str(file)})
    assert BoxPictures(settings, None, []).bounds == BOUNDS
    settings.model.bounds = (1, 2, 3, 4)
    assert BoxPictures(settings, None, []).bounds == (1, 2, 3, 4)
    settings.model.neck = None
    assert BoxPictures(settings, None, []).bounds is None


def test_images_without_a_box_are_counted(file):
    """The shorter sides are 101 and 97 pixels of the first view, and the last has 112."""
    image, settings = np.zeros((200, 300, 3), np.uint8), config()
    for min_side, notes in ((8, []), (112, ['2 of the images show no proposal in any pair of '
                                            'views'])):
        settings.train_dataloader.dataset.views.boxes.min_side = min_side
        pictures = BoxPictures(settings, file, [Path('a.png')])
        for seed in range(2):
            pictures.draw(Path('a.png'), image, seed)
        assert pictures.notes() == notes


def test_proposals_are_the_command_s_or_the_config_s(file, tmp_path):
    with pytest.raises(ValueError, match='names no file of proposals: give --proposals FILE'):
        BoxPictures(config(), None, [])
    with pytest.raises(FileNotFoundError, match='there are no proposals none'):
        BoxPictures(config(proposals={'files': 'none'}), None, [])
    assert BoxPictures(config(proposals={'files': 'none', 'least_side': 7}), file,
                       []).load.least_side == 7
    with pytest.raises(ValueError, match=r'no proposals of 1 of 2 images, such as b\.png'):
        BoxPictures(config(), file, [Path('a.png'), Path('b.png')])
