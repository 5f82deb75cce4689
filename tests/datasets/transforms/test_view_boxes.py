"""Proposals in views: painted and read back, against a slow oracle, by their distribution."""
from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest
from mmengine.registry import init_default_scope

from oadp_mm.datasets.transforms import MultiView
from oadp_mm.ops.windows import Window
from tests.oracles import soco_views

FLIP = {'type': 'RandomFlip', 'prob': 0.5}
CROP = {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 224, 'scale': (0.5, 1.0)}
WHOLE = {'crop': {'type': 'oadp_mm.ResizedWindow', 'scale': 224}}
SMALL = {'crop': {'size': 112}}
LIKE = {'crop': {'type': 'oadp_mm.ResizedWindow', 'scale': 112, 'like': 'view2'}}
#: V1, V2 and V3 of the paper and of its code, and SoCo*.
EACH = {
    'resize': {'view1': WHOLE, 'view2': {}, 'view3': LIKE},
    'crop': {'view1': WHOLE, 'view2': {}, 'view3': SMALL},
    'star': {'view1': WHOLE, 'view2': {}, 'view3': {'crop': {'size': 192}}, 'view4': LIKE},
}
HEIGHT, WIDTH = 300, 400


@pytest.fixture(autouse=True)
def seed():
    init_default_scope('mmpretrain')
    np.random.seed(0)  # noqa: NPY002


def views(each='crop', changes=(FLIP,), **boxes):
    return MultiView(CROP, list(changes), EACH[each], boxes)


def blank(height=HEIGHT, width=WIDTH):
    return np.zeros((height, width, 3), np.uint8)


def grid(size=60, gap=30):
    """Boxes that lie apart, all over the image."""
    return np.array([[x, y, x + size, y + size] for y in range(gap, HEIGHT - size, size + gap)
                     for x in range(gap, WIDTH - size, size + gap)], np.float64)


def told(window: Window) -> tuple:
    return (*window.rectangle, *window.size, window.flipped)


def made(multi, proposals, image=None):
    return multi({'img': blank() if image is None else image, 'proposals': proposals})


@pytest.mark.parametrize('each', EACH)
def test_each_proposal_s_colour_is_inside_its_boxes_and_nowhere_else(each):
    """Painted in one colour each, through crops, flips and sizes, without jitter."""
    proposals = grid()
    image = blank()
    colours = np.array([[40 + 15 * i, 250 - 15 * i, 128 * (i % 2)] for i in range(len(proposals))])
    for (x1, y1, x2, y2), colour in zip(proposals.astype(int), colours, strict=True):
        image[y1:y2, x1:x2] = colour
    multi, flips, read = views(each, jitter=0), Counter(), 0
    for _ in range(20):
        results = made(multi, proposals, image)
        flips[tuple(window.flipped for window in results['windows'][:2])] += 1
        for pair, number in enumerate(range(1, len(results['img']))):
            for k in np.flatnonzero(results['box_weights'][pair]):
                found = set()
                for side, view in enumerate((results['img'][0], results['img'][number])):
                    x1, y1, x2, y2 = box = results['boxes'][pair, side, k]
                    # Interpolation mixes in what lies within a pixel of the view or two.
                    (left, top), (right, bottom) = np.ceil(box[:2]) + 2, np.floor(box[2:]) - 2
                    inside = view[int(top):int(bottom), int(left):int(right)]
                    colour = np.median(inside.reshape(-1, 3), axis=0)
                    assert (np.abs(inside - colour) <= 1).all()
                    nearest = np.abs(colours - colour).sum(1)
                    assert nearest.min() <= 3
                    found.add(int(nearest.argmin()))
                    alike = np.abs(view - colour).max(axis=2) <= 3
                    alike[max(int(y1) - 1, 0):int(np.ceil(y2)) + 1,
                          max(int(x1) - 1, 0):int(np.ceil(x2)) + 1] = False
                    assert not alike.any()
                    read += 1
                assert len(found) == 1  # the same proposal in both views
    assert len(flips) == 4
    assert read > 20 * 2 * (len(EACH[each]) - 1) * 3


@pytest.mark.parametrize('each', EACH)
def test_views_that_show_enough_are_those_without_boxes(each):
    """So crops and colours are drawn as for other methods; boxes are drawn after them."""
    image = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    for seed in range(5):
        np.random.seed(seed)  # noqa: NPY002
        results = made(views(each), grid(), image)
        np.random.seed(seed)  # noqa: NPY002
        plain = MultiView(CROP, [FLIP], EACH[each])({'img': image})
        assert results['windows'] == plain['windows']
        assert all(map(np.array_equal, results['img'], plain['img']))


@pytest.mark.parametrize('each', EACH)
@pytest.mark.parametrize('of', ['centre', 'corner'])
def test_an_item_is_the_oracle_s(each, of):
    """The same windows and the same numbers, however few are seen."""
    rng = np.random.default_rng(0)
    multi = views(each, count=4, min_side=20, jitter_of=of)
    weights = []
    for _ in range(40):
        ends = np.sort(rng.uniform(0, [[WIDTH], [HEIGHT]], (rng.integers(0, 12), 2, 2)), axis=2)
        proposals = ends.transpose(0, 2, 1).reshape(-1, 4)
        asked = [blank() for _ in EACH[each]]
        windows = made(multi, proposals)['windows']
        state = np.random.get_state()  # noqa: NPY002
        results = multi.boxes({'img': asked, 'windows': windows, 'proposals': proposals})
        np.random.set_state(state)  # noqa: NPY002

        def shares(n):
            drawn = np.random.uniform(-.1, .1, (n, 4))  # noqa: NPY002
            return drawn * (np.random.random((n, 1)) < .5)  # noqa: NPY002

        expected = soco_views.item(
            proposals.tolist(), [told(window) for window in windows], 4, 20,
            lambda n: np.random.permutation(n), shares, of)  # noqa: NPY002
        for pair, rows in enumerate(expected):
            for k, (near, far, weight) in enumerate(rows):
                np.testing.assert_allclose(results['boxes'][pair, 0, k], near, atol=1e-4)
                np.testing.assert_allclose(results['boxes'][pair, 1, k], far, atol=1e-4)
                assert results['box_weights'][pair, k] == weight
                weights.append(weight)
    assert 0.2 < np.mean(weights) < 0.95


def test_shapes_are_the_contract_s():
    results = made(views('star', count=6), grid())
    assert results['boxes'].shape == (3, 2, 6, 4) and results['boxes'].dtype == np.float32
    assert results['box_weights'].shape == (3, 6) and results['box_weights'].dtype == np.float32
    assert [view.shape[0] for view in results['img']] == [224, 224, 192, 112]
    assert views('star').fields == ('boxes', 'box_weights')
    assert MultiView(CROP, [], EACH['star']).fields == ()


class TestSets:
    @pytest.mark.parametrize(('each', 'alike'), [
        ('resize', {(0, 1)}), ('crop', set()), ('star', {(0, 2)})])
    def test_views_of_one_rectangle_share_theirs_and_others_do_not(self, each, alike):
        proposals, multi, same, trials = grid(), views(each, jitter=0.1), Counter(), 30
        for _ in range(trials):
            results = made(multi, proposals)
            for pair in ((0, 1), (0, 2), (1, 2)):
                if max(pair) < len(results['boxes']):
                    same[pair] += np.array_equal(*results['boxes'][list(pair), 0])
        assert {pair for pair, count in same.items() if count == trials} == alike
        assert all(count < 3 for pair, count in same.items() if pair not in alike)

    def test_they_are_drawn_without_replacement_and_evenly(self):
        proposals, drawn, trials = grid(), Counter(), 400
        multi = MultiView(CROP, [FLIP], {'view1': WHOLE, 'view2': WHOLE}, {'jitter': 0})
        for _ in range(trials):
            results = made(multi, proposals)
            numbers = results['box_numbers'][0]
            carried, _ = results['windows'][1].carry(proposals[numbers])
            np.testing.assert_allclose(results['boxes'][0, 1], carried, rtol=1e-6)
            assert len(set(numbers)) == 4
            drawn.update(numbers.tolist())
        expected = 4 * trials / len(proposals)
        assert len(drawn) == len(proposals)
        # 4 standard deviations of a binomial
        deviation = 4 * np.sqrt(expected * (1 - 4 / len(proposals)))
        assert all(abs(count - expected) < deviation for count in drawn.values())

    def test_fewer_are_filled_up_by_the_whole_view(self):
        results = made(views('star', jitter=0), grid()[5:6] + 20)
        for pair, side in enumerate((224, 192, 112)):
            assert results['box_weights'][pair].tolist() == [1, 0, 0, 0]
            assert results['box_numbers'][pair].tolist() == [0, -1, -1, -1]
            np.testing.assert_array_equal(results['boxes'][pair, 0, 1:], [[0, 0, 224, 224]] * 3)
            np.testing.assert_array_equal(results['boxes'][pair, 1, 1:], [[0, 0, side, side]] * 3)

    def test_without_any_all_is_padding(self):
        results = made(views(), np.zeros((0, 4)))
        assert not results['box_weights'].any()
        assert (results['boxes'][..., 2:] > 0).all()

    def test_a_remnant_is_no_box(self):
        """6 pixels of the image are 3.4 of the first view."""
        thin = np.array([[100.0, 100, 106, 200]])
        assert made(views(min_side=0), thin)['box_weights'].sum() == 2
        assert made(views(min_side=8), thin)['box_weights'].sum() == 0


def test_jitter_is_uniform_in_half_of_the_first_view_s_boxes():
    """Each share of sides that the text moves; all independent; other views' boxes stay."""
    proposals = np.array([[150.0, 100, 250, 200]])
    each = {'view1': WHOLE, 'view2': WHOLE}
    multi, shares = MultiView(CROP, [], each, {'count': 1}), []
    for _ in range(2000):
        results = made(multi, proposals)
        near, far = results['boxes'][0, :, 0].astype(float)
        (x, y), (w, h) = (near[:2] + near[2:]) / 2, near[2:] - near[:2]
        (x0, y0), (w0, h0) = (far[:2] + far[2:]) / 2, far[2:] - far[:2]
        np.testing.assert_allclose(far, [84, 100 * 224 / 300, 140, 200 * 224 / 300], rtol=1e-5)
        shares.append([(x - x0) / w0, (y - y0) / h0, w / w0 - 1, h / h0 - 1])
    shares = np.array(shares)
    moved = (np.abs(shares) > 1e-5).any(1)
    assert abs(moved.mean() - .5) < 4 * np.sqrt(.25 / 2000)
    drawn = shares[moved]
    assert np.abs(drawn).max() <= .1 + 1e-5
    for column in drawn.T:  # Kolmogorov and Smirnov, 1 in 10,000
        steps = np.sort(column)
        ideal = (steps + .1) / .2
        assert np.abs(ideal - np.arange(1, len(steps) + 1) / len(steps)).max() < (
            2.23 / np.sqrt(len(steps)))
    correlations = np.corrcoef(drawn.T)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 4 / np.sqrt(len(drawn))


class TestRetries:
    @staticmethod
    def tries(proposals, monkeypatch, count=4):
        """How often the last view was cut, and how many proposals it showed in the end."""
        multi = MultiView({**CROP, 'scale': (.02, .02)}, [], {**EACH['crop'], 'view3': {}},
                          {'count': count, 'min_side': 0})
        crop, cuts = multi.transforms[-1][0], []
        monkeypatch.setattr(crop, 'transforms', [
            lambda results, cut=crop.transforms[0]: cuts.append(1) or cut(results)])
        results = made(multi, proposals)
        _, shows = results['windows'][-1].carry(proposals)
        return len(cuts), int(shows.sum())

    def test_a_view_is_cut_until_enough_is_seen(self, monkeypatch):
        """Most small crops show none of the corners, nor does the second view, which is another
        pair's; five tries are the most.
        """
        corners = np.array([[0, 0, 40, 40], [360, 260, 400, 300], [0, 260, 40, 300.]])
        seen = [self.tries(corners, monkeypatch, count=2) for _ in range(150)]
        assert {cuts for cuts, _ in seen} == set(range(1, 6))
        assert all(shows >= 1 for cuts, shows in seen if cuts < 5)
        assert any(shows == 0 for cuts, shows in seen if cuts == 5)

    @staticmethod
    def vain_tries(shown, hidden, count=16):
        """How often a crop is tried that always shows the right half, with so many boxes."""
        cuts, window = [], Window(0, 200, 300, 200, (224, 224))
        proposals = np.array([[250.0, 0, 350, 100]] * shown + [[0.0, 0, 200, 300]] * hidden)
        views(count=count, min_side=0).boxes.cut(
            lambda: cuts.append(1) or {'window': window}, Window(0, 0, 300, 400, (224, 224)),
            proposals.reshape(-1, 4))
        return len(cuts)

    @pytest.mark.parametrize(('shown', 'tries'), [(8, 1), (7, 2), (4, 2), (3, 3), (2, 3), (1, 4),
                                                  (0, 5)])
    def test_what_is_asked_halves(self, shown, tries):
        """Of 16: 8, 4, 2, 1, 1. The other boxes touch the crop and are not seen in it."""
        assert self.vain_tries(shown, hidden=20) == tries

    def test_no_more_is_asked_than_the_first_view_shows(self):
        assert self.vain_tries(shown=3, hidden=0) == 1
        assert self.vain_tries(shown=0, hidden=0) == 1
        assert self.vain_tries(shown=2, hidden=1) == 3  # 3, 3, 2



class TestCutout:
    def test_squares_of_the_mean_colour_lie_in_the_other_views_alone(self):
        """A tenth to three tenths of a box's area, around a place in it."""
        proposals, white = np.array([[100.0, 50, 300, 250]]), np.full((300, 400, 3), 255, np.uint8)
        multi = MultiView(CROP, [], {'view1': WHOLE, 'view2': WHOLE}, {
            'count': 1, 'jitter': 0, 'cutout': 0.5})
        shares, centres = [], []
        for _ in range(600):
            results = made(multi, proposals, white)
            assert (results['img'][0] == 255).all()
            hole = (results['img'][1] == [104, 116, 124]).all(axis=2)
            assert ((results['img'][1] == 255).all(axis=2) | hole).all()
            rows, columns = np.nonzero(hole)
            if len(rows):
                x1, y1, x2, y2 = results['boxes'][0, 1, 0]
                shares.append(hole.sum() / ((x2 - x1) * (y2 - y1)))
                centres.append([(columns.mean() - x1) / (x2 - x1), (rows.mean() - y1) / (y2 - y1)])
                assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
        assert abs(len(shares) / 600 - .5) < 4 * np.sqrt(.25 / 600)
        assert .09 < np.min(shares) < .12 and .28 < np.max(shares) < .31
        assert abs(np.mean(shares) - .2) < 4 * .2 / np.sqrt(12 * len(shares))
        assert np.min(centres) < .03 and np.max(centres) > .97

    def test_padding_is_not_cut(self):
        multi = views(cutout=1.0)
        results = made(multi, np.zeros((0, 4)), np.full((300, 400, 3), 255, np.uint8))
        assert all((view == 255).all() for view in results['img'])


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'count': 0}, 'a number of boxes a pair of at least 1, got 0'),
    ({'count': 2.0}, r'got 2\.0'),
    ({'min_side': float('nan')}, 'min_side must be a finite number of .*, got nan'),
    ({'min_side': float('inf')}, 'min_side must be a finite number of .*, got inf'),
    ({'min_side': -1}, 'min_side must be .* at least 0, got -1'),
    ({'jitter': 0.5}, r'jitter must lie in 0\.\.0\.2, got 0\.5'),
    ({'jitter_prob': 2}, r'jitter_prob must lie in 0\.\.1, got 2'),
    ({'cutout': -0.1}, r'cutout must lie in 0\.\.1, got -0\.1'),
    ({'jitter_of': 'center'}, "jitter_of must be one of centre, corner, got 'center'"),
])
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        views(**arguments)


class TestImpossible:
    def test_an_image_without_proposals(self):
        with pytest.raises(ValueError, match=r'needs the `proposals` .*proposals=dict\(files=FILE'):
            views()({'img': blank()})

    @pytest.mark.parametrize('view', [
        {'crop': {'type': 'RandomResizedCrop', 'scale': 64}},
        {'changes': [{'type': 'oadp_mm.RandAugment'}]},
        {'changes': [{'type': 'Rotate', 'angle': 30.0, 'prob': 1.0}]},
        {'changes': [{'type': 'RandomApply', 'prob': 1.0, 'transforms': [
            {'type': 'Translate', 'magnitude': 0.3, 'prob': 1.0}]}]}])
    def test_a_view_whose_place_is_unknown(self, view):
        multi = MultiView(CROP, [], {'view1': WHOLE, 'view2': view}, {})
        with pytest.raises(ValueError, match='the place of view 1, counted from 0, is unknown'):
            made(multi, grid())

    def test_one_view(self):
        with pytest.raises(ValueError, match=r'got one view: add one to views\.each'):
            made(MultiView(CROP, [], {'view1': WHOLE}, {}), grid())

    def test_a_view_smaller_than_the_least_box(self):
        tiny = {'view1': WHOLE, 'view2': {'crop': {'size': (224, 7)}}}
        with pytest.raises(ValueError, match=r'view 1, counted from 0, of \(224, 7\) pixels shows '
                                             'no box of min_side=8'):
            made(MultiView(CROP, [], tiny, {}), grid())


@pytest.mark.parametrize(('height', 'width'), [(1, 5000), (5000, 1), (3, 3), (40, 2000)])
def test_strange_images_keep_their_whole_as_a_box(height, width):
    results = made(views('star'), np.array([[0.0, 0, width, height]]), blank(height, width))
    assert (results['box_weights'][:, 0] == 1).all()
    boxes = results['boxes']
    assert (boxes[..., 2:] - boxes[..., :2] >= 8).all()
    assert cv2.countNonZero(results['img'][0][..., 0]) == 0


def test_a_setting_that_boxes_do_not_have_is_told_theirs():
    with pytest.raises(ValueError, match=r'boxes of views have count, .*cutout, got k: correct'):
        views(k=4)
