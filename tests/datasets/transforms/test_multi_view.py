"""Views know where they lie: what a view shows is read back from a picture of coordinates."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from mmengine.registry import init_default_scope

from oadp_mm.datasets.transforms import MultiView, rand_augment
from oadp_mm.datasets.transforms.rand_augment import OPERATIONS, WARPS

HEIGHT, WIDTH = 90, 120
FLIP = {'type': 'RandomFlip', 'prob': 0.5}
CROPS = {
    'dynamic': {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': (48, 64), 'scale': (0.1, 1.0)},
    'host': {'type': 'oadp_mm.RandomResizedWindow', 'scale': (48, 64)},
}


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpretrain')


def coordinates() -> np.ndarray:
    """Each pixel holds the (x, y) of its centre."""
    ys, xs = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.dstack([xs, ys, np.zeros_like(xs)]).astype(np.float32)


@pytest.mark.parametrize('crop', CROPS)
def test_a_view_shows_what_its_window_says(crop):
    """A bilinear kernel keeps a ramp but where it reaches over the rectangle's edge.

    Grown to s pixels to shrink by s, and sampled at whole ones, it leans by .086 of one at most.
    """
    views = MultiView(CROPS[crop], [FLIP], {'a': {}, 'b': {}})
    flips = set()
    for _ in range(30):
        results = views({'img': coordinates(), 'img_shape': (HEIGHT, WIDTH)})
        assert len(results['img']) == len(results['windows']) == 2
        for view, window in zip(results['img'], results['windows'], strict=True):
            flips.add(window.flipped)
            v, u = np.mgrid[:window.size[0], :window.size[1]] + 0.5
            places = np.linalg.inv(window.matrix()) @ [u.ravel(), v.ravel(), np.ones(u.size)]
            x, y = places[:2].reshape(2, *u.shape)
            reach_x, reach_y = (max(1, across / side) + 0.5 for across, side in (
                (window.width, window.size[1]), (window.height, window.size[0])))
            inner = ((x > window.left + reach_x) & (x < window.left + window.width - reach_x)
                     & (y > window.top + reach_y) & (y < window.top + window.height - reach_y))
            assert inner.mean() > 0.7
            np.testing.assert_allclose(view[..., 0][inner], x[inner], atol=0.086)
            np.testing.assert_allclose(view[..., 1][inner], y[inner], atol=0.086)
    assert flips == {False, True}


def test_boxes_travel_with_their_pixels():
    """A painted box is found in each view where its window carries it, to a pixel of blur."""
    views = MultiView(CROPS['dynamic'], [FLIP], {'only': {}})
    box = np.array([[30, 25, 80, 60]])
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[25:60, 30:80] = 255
    for _ in range(30):
        results = views({'img': image, 'img_shape': (HEIGHT, WIDTH)})
        [[carried], [survives]] = results['windows'][0].carry(box)
        mask = results['img'][0][..., 0] > 127
        if mask.any():
            assert survives
            rows, columns = np.nonzero(mask)
            found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            np.testing.assert_allclose(carried, found, atol=1)


def test_each_view_changes_what_it_names_alone():
    gray = {'type': 'oadp_mm.Grayscale'}
    crop = {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 8, 'scale': (1.0, 1.0)}
    views = MultiView(crop, [gray], {
        'larger': {'crop': {'size': 12}}, 'plain': {}, 'with colours': {'changes': []}})
    image = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    larger, plain, coloured = views({'img': image})['img']
    assert [len(view) for view in (larger, plain, coloured)] == [12, 8, 8]
    assert np.ptp(plain, axis=2).max() == np.ptp(larger, axis=2).max() == 0
    assert np.ptp(coloured, axis=2).max() > 0
    assert views.names == ('larger', 'plain', 'with colours')


def test_the_numbers_are_those_of_the_host_s_views():
    """Same draws, and pixels to a level, as mmpretrain's MultiView of the same steps."""
    from mmpretrain.datasets import MultiView as HostMultiView

    host = {'type': 'RandomResizedCrop', 'scale': 32, 'backend': 'pillow'}
    ours = {'type': 'oadp_mm.RandomResizedWindow', 'scale': 32}
    image = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    np.random.seed(3)  # noqa: NPY002
    expected = HostMultiView([[host, FLIP]], 2)({'img': image})['img']
    np.random.seed(3)  # noqa: NPY002
    views = MultiView(ours, [FLIP], {'a': {}, 'b': {}})({'img': image})['img']
    np.testing.assert_allclose(np.int16(views), np.int16(expected), rtol=0, atol=1)


def test_a_crop_that_does_not_say_where_it_cut_has_no_window():
    views = MultiView({'type': 'RandomResizedCrop', 'scale': 8}, [], {'a': {}})
    assert views({'img': cv2.resize(coordinates(), (20, 20))})['windows'] == [None]


@pytest.mark.parametrize(('each', 'message'), [
    ({}, 'each must name at least one view, got none'),
    ({'b': {}, 'a': {}}, 'by the alphabetical order of their names, got b, a: name them in order'),
    ({'a': {'size': 8}}, "view 'a' sets size: move it into one of them"),
    ({'a': None}, r"view 'a' must be a dict .* got None: write a=dict\(\)"),
    ({'a': ['crop']}, r"view 'a' must be a dict .* got \['crop'\]"),
    ({'a': {'crop': None}}, "crop must be a dict .* view 'a' sets {'crop': None}: leave out"),
    ({'a': {'changes': None}}, "changes a list, but view 'a' sets {'changes': None}: leave out"),
])
def test_views_that_are_none_are_refused(each, message):
    with pytest.raises(ValueError, match=message):
        MultiView(CROPS['host'], [], each)


def test_a_window_tells_of_its_own_view_alone():
    """Whatever an earlier pipeline did to the image and noted down."""
    views = MultiView(CROPS['dynamic'], [], {'a': {}})
    results = views({'img': coordinates(), 'flip': True, 'flip_direction': 'vertical'})
    assert not results['windows'][0].flipped


def test_changes_in_place_reach_no_other_view():
    class Darken:
        def __call__(self, results):
            results['img'][:] = 0
            return results

    image = np.full((20, 20, 3), 7, np.uint8)
    views = MultiView({'type': 'CenterCrop', 'crop_size': 8}, [], {'a': {}, 'b': {}})
    views.transforms[0][1].transforms.append(Darken())
    dark, light = views({'img': image})['img']
    assert (dark == 0).all() and (light == 7).all() and (image == 7).all()


def test_a_warped_view_has_no_window():
    views = MultiView(CROPS['dynamic'], [{'type': 'oadp_mm.RandAugment'}], {'a': {}})
    assert views({'img': np.zeros((60, 80, 3), np.uint8)})['windows'] == [None]


def test_a_view_of_two_flips_is_refused():
    nested = {'type': 'RandomApply', 'transforms': [FLIP]}
    with pytest.raises(ValueError, match="view 'a' is flipped twice"):
        MultiView(CROPS['host'], [FLIP, nested], {'a': {}})


def test_a_view_resized_after_its_crop_is_refused():
    views = MultiView(CROPS['host'], [{'type': 'Resize', 'scale': (9, 7)}], {'a': {}})
    with pytest.raises(ValueError, match=r'view of \(48, 64\) was resized to \(7, 9\)'):
        views({'img': coordinates()})


def test_views_are_not_turned_upside_down():
    views = MultiView(CROPS['host'], [{**FLIP, 'prob': 1.0, 'direction': 'vertical'}], {'a': {}})
    with pytest.raises(ValueError, match='left to right only, got a vertical flip'):
        views({'img': coordinates()})


class TestGeometricGrayLevels:
    """O-9: of views that were moved, but whose colours were not changed."""

    CROP = {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 32}
    EACH = {'a': {}}  # one view, whose rectangle is the first that is drawn
    COLOURS = ({'type': 'oadp_mm.ColorJitter', 'brightness': 0.8, 'hue': 0.4},
               {'type': 'oadp_mm.GaussianBlur', 'kernel_size': 5})

    @pytest.fixture
    def image(self) -> np.ndarray:
        return np.random.default_rng(0).integers(1, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)

    def made(self, image: np.ndarray, changes: list[dict], **settings) -> dict:
        np.random.seed(0)  # noqa: NPY002 - the generator of the transforms
        return MultiView(self.CROP, changes, self.EACH, **settings)({'img': image})

    def test_they_are_those_of_the_views_but_for_the_colours(self, image):
        """With flips of both kinds; only the host's luma, to a level."""
        for prob in (0.0, 1.0):
            flip = {'type': 'RandomFlip', 'prob': prob}
            plain = self.made(image, [flip])
            coloured = self.made(image, [flip, *self.COLOURS], gray_source='geometric')
            [view], [gray], [seen] = plain['img'], coloured['gray'], coloured['img']
            expected = cv2.cvtColor(view, cv2.COLOR_BGR2GRAY).astype(int)
            assert np.abs(gray - expected).max() <= 1
            assert np.abs(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY) - expected).max() > 5

    def test_warps_move_them_and_changes_of_colours_do_not(self, image, monkeypatch):
        augment = {'type': 'oadp_mm.RandAugment', 'num_ops': 1, 'magnitude': 30}
        [still] = self.made(image, [], gray_source='geometric')['gray']
        for name, ways in (('Solarize', [still]), ('TranslateX', [
                WARPS['TranslateX'](still, magnitude) for magnitude in (-30, 30)])):
            monkeypatch.setattr(rand_augment, 'OPERATIONS', {name: OPERATIONS[name]})
            [gray] = self.made(image, [augment], gray_source='geometric')['gray']
            assert any(np.array_equal(gray, way) for way in ways)

    def test_by_default_there_are_none(self, image):
        assert 'gray' not in self.made(image, [])
        assert MultiView(self.CROP, [], self.EACH).fields == ()
        assert MultiView(self.CROP, [], self.EACH, gray_source='geometric').fields == ('gray',)

    def test_changes_that_would_leave_them_behind_are_refused(self):
        with pytest.raises(ValueError, match=r'which Rotate would leave behind: use oadp'):
            MultiView(self.CROP, [], {'a': {'changes': [{'type': 'Rotate', 'angle': 30}]}},
                      gray_source='geometric')

    def test_an_unknown_source_is_refused(self):
        with pytest.raises(ValueError, match=r"'augmented', 'geometric'\), got 'raw'"):
            MultiView(self.CROP, [], self.EACH, gray_source='raw')
