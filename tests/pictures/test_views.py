from __future__ import annotations

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import set_random_seed

from oadp_mm.datasets import MultiView
from oadp_mm.datasets.transforms import rand_augment
from oadp_mm.ops.windows import Window
from oadp_mm.pictures.views import augmented_views, make_views


def config(*crops: dict) -> Config:
    views = dict(crop=dict(type='oadp_mm.DynamicRandomResizedCrop', ratio=(1.0, 1.0)), changes=[],
                 each={f'view{n}': dict(crop=crop) for n, crop in enumerate(crops)})
    return Config(dict(train_dataloader=dict(dataset=dict(views=views))))


def test_views_are_rgb_in_the_order_of_the_config():
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0] = 200  # blue, in OpenCV's order
    whole = dict(scale=(1.0, 1.0), start=0)
    small, large = make_views(config(dict(size=8, **whole), dict(size=16, **whole)), image)
    assert small.shape == (8, 8, 3)
    assert large.shape == (16, 16, 3)
    assert (small == [0, 0, 200]).all()


def test_the_seed_decides():
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    cut = dict(size=8, scale=(.1, .6))
    one, again, other = (make_views(config(cut), image, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_names_without_a_prefix_are_the_hosts():
    made = config(dict(size=8, scale=(1.0, 1.0), start=0))
    made.train_dataloader.dataset.views.changes = [
        dict(type='Solarize', thr=0, prob=1.0)]  # mmpretrain's: all is inverted
    (view,) = make_views(made, np.full((16, 16, 3), 55, np.uint8))
    assert (view == 200).all()


@pytest.mark.parametrize('other', [{}, dict(train_dataloader=dict(dataset=dict(pipeline=[])))])
def test_other_configs_are_refused(other):
    with pytest.raises(ValueError, match=r'no train_dataloader\.dataset\.views: give the config'):
        make_views(Config(other), np.zeros((16, 16, 3), np.uint8))


def test_the_inside_is_what_no_warp_uncovered(monkeypatch):
    """A white image stays white wherever a view shows it, where no operation changes colours."""
    monkeypatch.setattr(rand_augment, 'OPERATIONS', rand_augment.WARPS)
    made = config(dict(size=32, scale=(1.0, 1.0), start=0), dict(size=32, scale=(.2, .5), start=0))
    made.train_dataloader.dataset.views.changes = [
        dict(type='RandomApply', prob=0.8, transforms=[
            dict(type='oadp_mm.RandAugment', num_ops=3, magnitude=15)]),
        dict(type='RandomFlip', prob=0.5)]
    white = np.full((40, 40, 3), 255, np.uint8)
    padded = 0
    for seed in range(60):
        for view in augmented_views(made, white, seed):
            assert np.array_equal(view.pixels[..., 0], 255 * view.inside)
            padded += not view.inside.all()
    assert padded > 20
    assert all(np.array_equal(view, other.pixels) for view, other in zip(
        make_views(made, white, 3), augmented_views(made, white, 3), strict=True))


def test_the_views_are_those_of_a_training():
    """What tells the inside draws no number."""
    made = config(dict(size=32, scale=(.1, .6)), dict(size=32, scale=(.3, 1.0)))
    made.train_dataloader.dataset.views.changes = [
        dict(type='oadp_mm.RandAugment', num_ops=5, magnitude=10),
        dict(type='RandomFlip', prob=0.5)]
    image = np.random.default_rng(0).integers(0, 256, (48, 40, 3), np.uint8)
    for seed in range(5):
        found = make_views(made, image, seed)
        set_random_seed(seed)
        views = MultiView(**made.train_dataloader.dataset.views)(
            {'img': image, 'img_shape': image.shape[:2]})['img']
        assert all(np.array_equal(view[..., ::-1], other) for view, other in
                   zip(views, found, strict=True))


def test_views_with_boxes_are_seen_without_proposals_too():
    made = config(dict(size=32, scale=(.1, .6)), dict(size=32, scale=(.3, 1.0)))
    views = made.train_dataloader.dataset.views
    views.boxes = {}
    last = max(views.each)
    views.each[f'{last}-again'] = dict(crop=dict(type='oadp_mm.ResizedWindow', scale=16, like=last))
    image = np.random.default_rng(0).integers(0, 256, (48, 40, 3), np.uint8)
    assert [view.shape for view in make_views(made, image)] == [
        (32, 32, 3), (32, 32, 3), (16, 16, 3)]


def test_a_view_says_where_it_lies_unless_it_was_moved():
    made = config(dict(size=8, scale=(1.0, 1.0), start=0))
    changes = [dict(type='RandomFlip', prob=1.0)]
    made.train_dataloader.dataset.views.changes = changes
    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    [view] = augmented_views(made, image)
    assert view.window == Window(0, 0, 8, 8, size=(8, 8), flipped=True)
    changes.append(dict(type='oadp_mm.RandAugment'))
    made.train_dataloader.dataset.views.changes = changes
    assert augmented_views(made, image)[0].window is None


def test_gray_levels_and_what_is_inside_move_together(monkeypatch):
    """A shift by 8 of 56 pixels; the levels, none of which is 0, are those of before the colours.
    """
    monkeypatch.setattr(rand_augment, 'OPERATIONS', {
        'TranslateX': rand_augment.WARPS['TranslateX']})
    made = config(dict(size=56, scale=(1.0, 1.0), start=0))
    views = made.train_dataloader.dataset.views
    views.changes = [dict(type='oadp_mm.RandAugment', num_ops=1, magnitude=10),
                     dict(type='Solarize', thr=0, prob=1.0)]
    image = np.full((56, 56, 3), 200, np.uint8)
    assert augmented_views(made, image)[0].gray is None
    views.gray_source = 'geometric'
    [view] = augmented_views(made, image)
    assert np.array_equal(view.gray, 200 * view.inside)
    assert (view.inside == 0).all(0).sum() == 8
    assert (view.pixels[view.inside == 1] == 55).all()
