"""RandAugment: its operations against torchvision's, and what it draws."""
from __future__ import annotations

import collections

import numpy as np
import pytest
from scipy import stats
from torchvision import transforms as tv
from torchvision.transforms import autoaugment

from oadp_mm.datasets.transforms import RandAugment
from oadp_mm.datasets.transforms.rand_augment import MAX_MAGNITUDE, OPERATIONS
from oadp_mm.registry import TRANSFORMS
from tests.oracles.stock_augmentations import (
    PICTURES,
    TEXTURED,
    distances,
    operation,
    rounding,
    stock,
    strength,
)

MAGNITUDES = (0, 3, 10, 30)
BLENDS = ('Brightness', 'Color', 'Contrast', 'Sharpness')
SAMPLED = ('ShearX', 'ShearY', 'Rotate')
SIGNED = {name for name in OPERATIONS if strength(name, 10, PICTURES['noise'])[1]}
SIGNIFICANCE = 1e-3  # so rarely would a test of random draws fail with another seed
COUNT = 3000


def test_operations_are_torchvision_s():
    assert set(OPERATIONS) == set(tv.RandAugment()._augmentation_space(31, (8, 8)))
    assert len(OPERATIONS) == 14
    assert tv.RandAugment().num_magnitude_bins == MAX_MAGNITUDE + 1


@pytest.mark.parametrize('picture', PICTURES)
@pytest.mark.parametrize('name', OPERATIONS)
def test_an_operation_does_as_torchvision_s(name, picture):
    """Its factors are of single precision, ours of double: a blend may round to another level."""
    image = PICTURES[picture]
    before = image.copy()
    for magnitude in MAGNITUDES:
        for sign in (-1, 1):
            result = OPERATIONS[name](image, sign * magnitude)
            expected = operation(name, magnitude, sign, image)
            assert (result.dtype, result.shape) == (np.uint8, image.shape)
            different = (result != expected).any(-1)
            if name in BLENDS:
                assert np.abs(result - expected).max() <= 1
            elif name in SAMPLED:
                assert different.sum() <= max(1, 0.005 * different.size)
            else:
                assert not different.any()
            if picture in TEXTURED:
                limit = 0.5 if name in SAMPLED else 0.1
                assert (distances(result, expected) <= rounding(limit)).all()
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize('name', sorted(set(OPERATIONS) - set(SAMPLED)))
def test_every_magnitude_is_torchvision_s(name):
    """On all levels. Not those that sample: some shears put whole rows midway of two pixels."""
    image = PICTURES['all levels']
    for magnitude in range(MAX_MAGNITUDE + 1):
        for sign in (-1, 1):
            result = OPERATIONS[name](image, sign * magnitude)
            off = np.abs(result - operation(name, magnitude, sign, image)).max()
            assert off <= (1 if name in BLENDS else 0), magnitude


@pytest.mark.parametrize('name', sorted(set(OPERATIONS) - {'Identity', 'AutoContrast', 'Equalize'}))
def test_levels_tell_magnitude_10_from_15(name):
    """What the limits above are worth: the same distances between torchvision's own results."""
    limit = rounding(0.5 if name in SAMPLED else 0.1)
    for picture in set(TEXTURED) - {'gray'}:
        image = PICTURES[picture]
        for sign in (-1, 1):
            ten, fifteen = (operation(name, m, sign, image) for m in (10, 15))
            assert (distances(ten, fifteen) > limit).any(), picture


def draws_of_ours(record):
    """(name, signed magnitude) of all operations, 5 an image."""
    drawn = record(OPERATIONS, list(OPERATIONS))
    augment = RandAugment(5, 10)
    for _ in range(COUNT):
        augment({'img': PICTURES['5x7']})
    return drawn


def draws_of_torchvision(record):
    drawn = record(autoaugment, ['_apply_op'])
    augment = tv.RandAugment(5, 10)
    for _ in range(COUNT):
        stock(augment, PICTURES['5x7'])
    return [(name, magnitude) for _, name, magnitude, *_ in drawn]


def tally(drawn):
    """How often each operation was applied: those with a direction in either."""
    return collections.Counter(
        (name, np.sign(value) if name in SIGNED else 0) for name, value in drawn)


def test_operations_and_signs_are_distributed_as_torchvision_s(record):
    """Each operation once in 14, with a direction once in 28 each way, all of the magnitude."""
    ours = draws_of_ours(record)
    assert {abs(m) for _, m in ours} == {10}
    counts = tally(ours), tally(draws_of_torchvision(record))
    kinds = sorted(set(counts[0]) | set(counts[1]))
    assert len(kinds) == 14 + len(SIGNED) == 14 + 9
    table = np.array([[count[kind] for kind in kinds] for count in counts])
    assert (table.sum(1) == 5 * COUNT).all()
    expected = [5 * COUNT / (28 if sign else 14) for _, sign in kinds]
    assert stats.chisquare(table[0], expected).pvalue > SIGNIFICANCE
    assert stats.chi2_contingency(table).pvalue > SIGNIFICANCE


def test_operations_of_an_image_are_drawn_independently(record):
    names = list(OPERATIONS)
    drawn = draws_of_ours(record)
    rows = [drawn[i:i + 5] for i in range(0, 5 * COUNT, 5)]
    for first, second in ((0, 1), (3, 4), (0, 4)):
        pairs = np.zeros((14, 14))
        signs = np.zeros((2, 2))
        for row in rows:
            (one, m), (other, n) = row[first], row[second]
            pairs[names.index(one), names.index(other)] += 1
            signs[int(m > 0), int(n > 0)] += 1
        assert stats.chi2_contingency(pairs).pvalue > SIGNIFICANCE
        assert stats.chi2_contingency(signs).pvalue > SIGNIFICANCE


def test_each_operation_can_have_a_chance_and_a_magnitude_of_its_own(record):
    """Binomial of 5 * COUNT operations with chance 1/2; magnitudes 3..27 and signs uniform."""
    drawn = record(OPERATIONS, list(OPERATIONS))
    augment = RandAugment(5, (3, 27), prob=0.5)
    for _ in range(COUNT):
        augment({'img': PICTURES['5x7']})
    assert stats.binomtest(len(drawn), 5 * COUNT, 0.5).pvalue > SIGNIFICANCE
    counts = collections.Counter(value for _, value in drawn)
    assert set(map(abs, counts)) == set(range(3, 28))
    assert len(counts) == 2 * 25
    assert stats.chisquare(list(counts.values())).pvalue > SIGNIFICANCE
    names = collections.Counter(name for name, _ in drawn)
    assert len(names) == 14
    assert stats.chisquare(list(names.values())).pvalue > SIGNIFICANCE


@pytest.mark.parametrize('prob', [-0.1, 1.1, float('nan')])
def test_no_chance_is_refused(prob):
    with pytest.raises(ValueError, match=r'prob must lie in \[0, 1\], got'):
        RandAugment(prob=prob)


def test_each_operation_takes_what_the_last_one_made(monkeypatch):
    for name in OPERATIONS:
        monkeypatch.setitem(OPERATIONS, name, lambda image, m: image + abs(m))
    image = np.zeros((2, 3, 3), np.uint8)
    assert (RandAugment(7, 6)({'img': image})['img'] == 7 * 6).all()
    assert not image.any()


def test_a_seed_gives_the_same_views():
    image, augment = PICTURES['coffee'], RandAugment(5, 10)
    views = []
    for seed in (1, 1, 2):
        np.random.seed(seed)  # noqa: NPY002 - the generator that mmengine seeds in a worker
        views.append(augment({'img': image})['img'])
    np.testing.assert_array_equal(views[0], views[1])
    assert (views[0] != views[2]).any()


@pytest.mark.parametrize('picture', ['chelsea', 'flipped view', 'inner view', 'wide', '1x1'])
def test_only_the_image_is_replaced_and_the_old_one_not_touched(picture):
    """The two views start from one decoded image."""
    augment, image = RandAugment(5, 10), PICTURES[picture]
    before, shape = image.copy(), image.shape[:2]
    for _ in range(60):
        changed = augment({'img': image, 'img_shape': shape, 'img_path': 'a.jpg'})
        result = changed.pop('img')
        assert (result.dtype, result.shape) == (np.uint8, image.shape)
        assert result.flags.c_contiguous or result is image  # five identities
        assert changed == {'img_shape': shape, 'img_path': 'a.jpg'}
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize(('num_ops', 'magnitude', 'message'), [
    (0, 10, 'num_ops must be a number of operations above 0, got 0'),
    (-1, 10, 'num_ops .* got -1'),
    (2.0, 10, 'num_ops .* got 2.0'),
    (True, 10, 'num_ops .* got True'),
    (5, 31, r'magnitude must be an integer in 0\.\.30, or .* got 31'),
    (5, -1, 'magnitude .* got -1'),
    (5, (3, 31), r'magnitude .*, or two of them in order, got \(3, 31\)'),
    (5, (9, 3), r'magnitude .* got \(9, 3\)'),
    (5, (3,), r'magnitude .* got \(3,\)'),
    (5, (3, 9.5), r'magnitude .* got \(3, 9.5\)'),
])
def test_arguments_out_of_range_are_refused(num_ops, magnitude, message):
    with pytest.raises(ValueError, match=message) as error:
        RandAugment(num_ops, magnitude)
    assert '\n' not in str(error.value)


def test_it_is_registered_and_says_its_parameters():
    augment = TRANSFORMS.build({'type': 'oadp_mm.RandAugment', 'num_ops': 5, 'magnitude': 10})
    assert repr(augment) == 'RandAugment(num_ops=5, magnitude=10, prob=1.0)'
    stock_default = tv.RandAugment()
    assert (RandAugment().num_ops, RandAugment().magnitude) == (
        stock_default.num_ops, stock_default.magnitude)


def test_labels_move_with_their_pixels():
    """The image is its own label, wherever warps alone were drawn."""
    image = np.random.default_rng(0).integers(1, 256, (20, 30), np.uint8)
    transform, moved = RandAugment(num_ops=1, magnitude=20), 0
    for seed in range(80):
        np.random.seed(seed)  # noqa: NPY002
        results = transform({'img': np.dstack([image] * 3), 'gt_seg_map': image.copy()})
        changed = not np.array_equal(results['gt_seg_map'], image)
        moved += changed
        if changed:
            np.testing.assert_array_equal(results['img'], np.dstack([results['gt_seg_map']] * 3))
        np.random.seed(seed)  # noqa: NPY002
        alone = transform({'img': np.dstack([image] * 3)})
        np.testing.assert_array_equal(alone['img'], results['img'])
    assert moved > 10  # 5 of 14 operations move pixels
