from __future__ import annotations

import math

import pytest

from oadp_mm.ops.schedules import cosine_ema_decay, dynamic_scale

SMALL = {'scale': (0.1, 0.6), 'shift': 'upper'}  # the paper's view 1
LARGE = {'scale': (0.3, 1.0), 'shift': 'both'}  # the paper's view 2


@pytest.mark.parametrize('epoch', [1, 399, 400, 401])
def test_the_range_is_the_given_one_until_the_logarithm_leaves_zero(epoch):
    assert dynamic_scale(epoch, **SMALL) == (0.1, 0.6)
    assert dynamic_scale(epoch, **LARGE) == (0.3, 1.0)


@pytest.mark.parametrize('epoch', [402, 450, 800])
def test_the_paper_s_bounds_fall_by_tau_times_the_logarithm(epoch):
    fall = 0.04 * math.log(epoch - 400)
    assert dynamic_scale(epoch, **SMALL) == pytest.approx((0.1, 0.6 - fall))
    assert dynamic_scale(epoch, **LARGE) == pytest.approx((0.3 - fall, 1.0 - fall))


def test_two_logarithm_steps_apart_the_upper_bound_falls_by_their_ratio():
    # d(start + ab) = d(start + a) + d(start + b): no other smooth rule has this property.
    def high(after):
        return dynamic_scale(10 + after, scale=(0.1, 1.0), start=10, decay=0.1, shift='upper')[1]

    assert (1 - high(3)) + (1 - high(7)) == pytest.approx(1 - high(21))


@pytest.mark.parametrize('shift', ['upper', 'both'])
@pytest.mark.parametrize('decay', [0, 0.04, 0.5, 1e3, 1e300])
@pytest.mark.parametrize('scale', [(0.1, 0.6), (0.3, 1.0), (1.0, 1.0), (0.2, 0.2), (1e-4, 2e-4)])
def test_no_epoch_of_any_decay_has_an_invalid_or_growing_range(scale, decay, shift):
    previous = scale
    for epoch in [*range(1, 1000), 10**4, 10**6, 10**9]:
        low, high = dynamic_scale(epoch, scale=scale, start=5, decay=decay, shift=shift)
        assert 0 < low <= high <= 1
        assert low <= previous[0]
        assert high <= previous[1]
        previous = low, high


def test_an_absurd_decay_stops_at_the_margin():
    both = dynamic_scale(500, scale=(0.3, 1.0), decay=9, shift='both')
    upper = dynamic_scale(500, scale=(0.1, 0.6), decay=9, shift='upper')
    assert both == pytest.approx((0.01, 0.02))
    assert upper == pytest.approx((0.1, 0.11))


@pytest.mark.usefixtures('unchecked')
@pytest.mark.parametrize(('changed', 'message'), [
    ({'epoch': 0}, 'epoch must be an integer of at least 1, got 0'),
    ({'epoch': 1.5}, 'epoch must be an integer'),
    ({'epoch': True}, 'epoch must be an integer'),
    ({'start': -1}, 'start must be an integer of at least 0'),
    ({'scale': (0.0, 0.5)}, 'scale must be area fractions'),
    ({'scale': (0.6, 0.5)}, 'scale must be area fractions'),
    ({'scale': (0.5, 1.1)}, 'scale must be area fractions'),
    ({'scale': (0.5,)}, 'scale must be area fractions'),
    ({'scale': (math.nan, 0.5)}, 'scale must be area fractions'),
    ({'decay': -0.1}, 'decay must be a finite number'),
    ({'decay': math.inf}, 'decay must be a finite number'),
    ({'shift': 'lower'}, "shift must be 'both' or 'upper', got 'lower'"),
])
def test_what_is_out_of_range_is_refused(unchecked, changed, message):
    arguments = {'epoch': 1, 'scale': (0.1, 0.6), **changed}
    with pytest.raises(ValueError, match=message):
        dynamic_scale(arguments.pop('epoch'), **arguments)


def test_the_decay_rises_from_its_base_to_one_along_a_cosine():
    # cos(pi/3) = 1/2: three quarters of the way from 1 to the base are left.
    for base in (0.99, 0.9, 0.0):
        assert cosine_ema_decay(0, base) == pytest.approx(base)
        assert cosine_ema_decay(1 / 3, base) == pytest.approx(1 - 0.75 * (1 - base))
        assert cosine_ema_decay(0.5, base) == pytest.approx((1 + base) / 2)
        assert cosine_ema_decay(1, base) == 1
    assert cosine_ema_decay(0) == pytest.approx(0.99)


@pytest.mark.parametrize(('progress', 'base'), [(-0.1, 0.9), (1.01, 0.9), (0.5, 1.1), (0.5, -1)])
def test_a_decay_outside_zero_to_one_is_refused(progress, base):
    with pytest.raises(ValueError, match=r'must lie in 0\.\.1'):
        cosine_ema_decay(progress, base)
