"""ColorJitter, Grayscale and GaussianBlur: what they draw, and that they do it as torchvision."""
from __future__ import annotations

import itertools

import cv2
import mmpretrain.datasets
import numpy as np
import pytest
from scipy import stats
from torchvision import transforms as tv
from torchvision.transforms import functional as F

from oadp_mm.datasets.transforms import ColorJitter, GaussianBlur, Grayscale, PillowBlur
from oadp_mm.ops import enhance
from oadp_mm.ops.blur import pillow_blur
from oadp_mm.registry import TRANSFORMS
from tests.oracles.stock_augmentations import PICTURES, TEXTURED, distances, rounding, stock

CHANGES = ('brightness', 'contrast', 'saturation', 'hue')
STRENGTHS = {'brightness': 0.8, 'contrast': 0.8, 'saturation': 0.8, 'hue': 0.2}
# Of a test of random draws: so rarely would it fail with another seed.
SIGNIFICANCE = 1e-3


def draws_of_the_jitter(record, count):
    """The order of each draw, as indices of CHANGES, and its factors in the order of CHANGES."""
    drawn = record(enhance, CHANGES)
    jitter = ColorJitter(**STRENGTHS)
    for _ in range(count):
        jitter({'img': PICTURES['5x7']})
    draws = np.reshape(np.array(drawn, object), (count, len(CHANGES), 2))
    orders = np.vectorize(CHANGES.index)(draws[..., 0])
    factors = np.take_along_axis(draws[..., 1].astype(float), np.argsort(orders, 1), 1)
    return orders, factors


def draws_of_torchvision(count):
    jitter = tv.ColorJitter(**STRENGTHS)
    draws = [jitter.get_params(*(getattr(jitter, name) for name in CHANGES)) for _ in range(count)]
    return np.stack([order.numpy() for order, *_ in draws]), np.array([row[1:] for row in draws])


def test_factors_are_distributed_as_torchvision_s(record):
    ours, theirs = draws_of_the_jitter(record, 2400)[1], draws_of_torchvision(2400)[1]
    for i, (low, high) in enumerate([(0.2, 1.8)] * 3 + [(-0.2, 0.2)]):
        uniform = stats.uniform(low, high - low)
        assert stats.kstest(ours[:, i], uniform.cdf).pvalue > SIGNIFICANCE
        assert stats.ks_2samp(ours[:, i], theirs[:, i]).pvalue > SIGNIFICANCE
    for i, j in itertools.combinations(range(4), 2):
        assert stats.spearmanr(ours[:, i], ours[:, j]).pvalue > SIGNIFICANCE  # independent


def test_orders_are_distributed_as_torchvision_s(record):
    orders = sorted(itertools.permutations(range(4)))
    ours, theirs = draws_of_the_jitter(record, 2400)[0], draws_of_torchvision(2400)[0]
    table = [[list(map(tuple, draws.tolist())).count(order) for order in orders]
             for draws in (ours, theirs)]
    assert np.sum(table) == 2 * 2400
    assert stats.chisquare(table[0]).pvalue > SIGNIFICANCE
    assert stats.chi2_contingency(table).pvalue > SIGNIFICANCE


@pytest.mark.parametrize('strength', [0.1, 0.5, 1.0, 1.5])
def test_ranges_are_torchvision_s(strength):
    ours = ColorJitter(strength, strength, strength, strength / 3)
    theirs = tv.ColorJitter(strength, strength, strength, strength / 3)
    assert {change.__name__: (low, high) for change, low, high in ours.changes} == {
        name: pytest.approx(tuple(getattr(theirs, name))) for name in CHANGES}


def test_changes_are_chained_and_a_strength_of_none_left_out():
    image = PICTURES['astronaut']
    assert ColorJitter()({'img': image})['img'] is image
    for name in CHANGES:
        jitter = ColorJitter(**{name: 0.3})
        assert [change for change, *_ in jitter.changes] == [getattr(enhance, name)]
        assert (jitter({'img': image})['img'] != image).any()
    jitter = ColorJitter()
    jitter.changes = [(enhance.brightness, 0.5, 0.5)] * 2
    assert (jitter({'img': np.full((2, 2, 3), 80, np.uint8)})['img'] == 80 / 2 / 2).all()


@pytest.mark.parametrize('picture', PICTURES)
def test_gray_views_are_torchvision_s(picture):
    image = PICTURES[picture]
    result = Grayscale()({'img': image})['img']
    assert np.ptp(result, axis=-1).max() == 0
    assert np.abs(result - stock(tv.RandomGrayscale(p=1.0), image)).max() <= 1


@pytest.mark.parametrize('picture', [name for name in PICTURES if min(PICTURES[name].shape) > 1])
def test_a_blur_is_torchvision_s(picture):
    """But for rounding. torchvision's mirrors the inside and so needs two pixels a side."""
    image = PICTURES[picture]
    for kernel, sigma in ((3, 1.0), (3, 1.25), (3, 1.5), (3, 2.0), (3, 0.1)):
        result = GaussianBlur(kernel, (sigma, sigma))({'img': image})['img']
        expected = stock(F.gaussian_blur, image, kernel, [sigma, sigma])
        assert np.abs(result - expected).max() <= 1
        if picture in TEXTURED:
            assert (distances(result, expected) <= rounding(0.5)).all()


def test_a_blur_of_one_row_is_one_along_it():
    """By hand: weights exp(-1 / 2) : 1 : exp(-1 / 2), the end's neighbour counting twice."""
    assert GaussianBlur(3, (1.0, 1.0))({'img': PICTURES['1x1']})['img'].tolist() == (
        PICTURES['1x1'].tolist())
    image = np.array([0, 100, 0, 0, 200], np.uint8).reshape(1, 5, 1).repeat(3, 2)
    side = np.exp(-1 / 2) / (1 + 2 * np.exp(-1 / 2))
    expected = [200 * side, 100 * (1 - 2 * side), 100 * side, 200 * side, 200 * (1 - 2 * side)]
    result = GaussianBlur(3, (1.0, 1.0))({'img': image})['img']
    np.testing.assert_allclose(result[0, :, 0], expected, atol=1)


def test_sigmas_are_distributed_as_torchvision_s(record):
    calls = record(cv2, ['GaussianBlur'])
    blur = GaussianBlur(3, (1.0, 2.0))
    for _ in range(2000):
        blur({'img': PICTURES['5x7']})
    _, sizes, drawn = zip(*calls, strict=True)
    assert set(sizes) == {(3, 3)}
    assert len(drawn) == 2000
    theirs = [tv.GaussianBlur.get_params(1.0, 2.0) for _ in range(2000)]
    assert stats.kstest(drawn, stats.uniform(1, 1).cdf).pvalue > SIGNIFICANCE
    assert stats.ks_2samp(drawn, theirs).pvalue > SIGNIFICANCE
    assert GaussianBlur(3).sigma == tuple(tv.GaussianBlur(3).sigma)


def test_pillow_s_blur_draws_as_the_host_s():
    """Chance and radius; the same numbers, so that one is the other's blur by another library."""
    settings = {'magnitude_range': (0.1, 2.0), 'magnitude_std': 'inf', 'prob': 0.5}
    image, blurs = PICTURES['coffee'], 0
    for seed in range(40):
        views = []
        for kind in (mmpretrain.datasets.GaussianBlur, PillowBlur):
            np.random.seed(seed)  # noqa: NPY002
            views.append(kind(**settings)({'img': image})['img'].astype(int)[6:-6, 6:-6])
        np.testing.assert_allclose(*views, rtol=0, atol=3)
        blurs += (views[1] != image[6:-6, 6:-6]).any()
    assert 8 < blurs < 32  # of 40, by a fair coin
    blurred = PillowBlur(radius=1.5, prob=1.0)({'img': image})['img']
    np.testing.assert_array_equal(blurred, pillow_blur(image, 1.5))


@pytest.mark.parametrize(('build', 'message'), [
    (lambda: ColorJitter(brightness=-0.1), 'at least 0 .* got brightness=-0.1, contrast=0'),
    (lambda: ColorJitter(contrast=-1), 'at least 0 .* contrast=-1'),
    (lambda: ColorJitter(saturation=-1), 'at least 0 .* saturation=-1'),
    (lambda: ColorJitter(hue=-0.1), 'at least 0 .* hue=-0.1'),
    (lambda: ColorJitter(0.8, hue=0.6), 'hue at most 0.5, got brightness=0.8, .* hue=0.6'),
    (lambda: GaussianBlur(4), 'odd number of pixels, got 4'),
    (lambda: GaussianBlur(0), 'odd number of pixels, got 0'),
    (lambda: GaussianBlur(-3), 'odd number of pixels, got -3'),
    (lambda: GaussianBlur(3.0), 'odd number of pixels, got 3.0'),
    (lambda: GaussianBlur(3, (0, 1)), r'above 0, got \(0, 1\)'),
    (lambda: GaussianBlur(3, (2, 1)), r'\(least, greatest\) above 0, got \(2, 1\)'),
    (lambda: GaussianBlur(3, (1,)), r'\(least, greatest\) above 0, got \(1,\)'),
    (lambda: GaussianBlur(3, (1, 2, 3)), r'\(least, greatest\) above 0, got \(1, 2, 3\)'),
])
def test_arguments_out_of_range_are_refused(build, message):
    with pytest.raises(ValueError, match=message) as error:
        build()
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('config', [
    {'type': 'oadp_mm.ColorJitter', **STRENGTHS},
    {'type': 'oadp_mm.Grayscale'},
    {'type': 'oadp_mm.GaussianBlur', 'kernel_size': 3, 'sigma': (1.0, 2.0)},
    {'type': 'oadp_mm.PillowBlur', 'radius': 1.0, 'prob': 1.0},
])
@pytest.mark.parametrize('picture', ['chelsea', 'flipped view', 'inner view', 'wide', '1x1'])
def test_only_the_image_is_replaced_and_the_old_one_not_touched(config, picture):
    """The two views start from one decoded image."""
    transform, image = TRANSFORMS.build(config), PICTURES[picture]
    before, shape = image.copy(), image.shape[:2]
    for _ in range(10):
        results = {'img': image, 'img_shape': shape, 'img_path': 'a.jpg'}
        changed = transform(results)
        assert changed['img'].shape == image.shape
        assert changed['img'].dtype == np.uint8
        assert changed['img'].flags.c_contiguous
        assert not np.shares_memory(changed.pop('img'), image)
        assert changed == {'img_shape': shape, 'img_path': 'a.jpg'}
    np.testing.assert_array_equal(image, before)


def test_representations_name_the_parameters():
    assert repr(ColorJitter(0.5, hue=0.2)) == 'ColorJitter(brightness=(0.5, 1.5), hue=(-0.2, 0.2))'
    assert repr(Grayscale()) == 'Grayscale()'
    assert repr(GaussianBlur(3, (1.0, 2.0))) == 'GaussianBlur(kernel_size=3, sigma=(1.0, 2.0))'
