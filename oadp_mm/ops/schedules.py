"""OADP's two schedules: the crop's area range by epoch (eq. 1) and the EMA decay by progress."""
from __future__ import annotations

import math
from typing import Literal, get_args

Shift = Literal['both', 'upper']

#: The smallest area fraction a shrinking crop falls to, and the least width of its range.
_MARGIN = 0.01


def dynamic_scale(
    epoch: int,
    *,
    scale: tuple[float, float],
    start: int = 400,
    decay: float = 0.04,
    shift: Shift = 'both',
) -> tuple[float, float]:
    """Range of the crop's area fraction in one epoch: Dynamic Random Resized Crop (OADP eq. 1).

    The range is fixed up to epoch `start` and then falls by `decay * ln(epoch - start)`. The
    logarithm starts at ln 1, so nothing jumps at `start + 1`. A bound stops falling before the
    range becomes invalid, so that every epoch of every decay has one: the lower bound at 0.01, the
    upper bound 0.01 above it (or at the given bounds, where these are closer).

    Args:
        epoch: counted from 1, as in the paper.
        scale: (low, high), area fractions of the image before the decay, `0 < low <= high <= 1`.
        start: last epoch of the fixed range (400 of the paper's 800).
        decay: tau, area fraction per e-fold of epochs, at least 0.
        shift: 'upper' moves the upper bound alone (the paper's view 1), 'both' moves both (view 2).

    Returns:
        (low, high) with `0 < low <= high <= 1`.

    Raises:
        ValueError: an argument is outside the ranges above.
    """
    _check_count('epoch', epoch, least=1)
    _check_count('start', start, least=0)
    if len(scale) != 2 or not 0 < scale[0] <= scale[1] <= 1:
        raise ValueError(f'scale must be area fractions (low, high) with 0 < low <= high <= 1, '
                         f'got {scale}')
    if not (math.isfinite(decay) and decay >= 0):
        raise ValueError(f'decay must be a finite number of at least 0, got {decay}')
    if shift not in get_args(Shift):
        raise ValueError(f"shift must be 'both' or 'upper', got {shift!r}")

    low, high = scale
    fall = decay * math.log(epoch - start) if epoch > start else 0.0
    if shift == 'both':
        low = max(low - fall, min(low, _MARGIN))
    high = max(high - fall, min(high, low + _MARGIN))
    return low, high


def cosine_ema_decay(progress: float, base: float = 0.99, final: float = 1.0) -> float:
    """Fraction of the target that an EMA step keeps, going from `base` to `final` as a cosine.

    `final - (final - base) (cos(pi progress) + 1) / 2`. BYOL ends at 1, and OADP starts from
    0.99; MoCo keeps 0.999 all the time.

    Args:
        progress: finished share of the training, 0..1.
        base: decay at the start, 0..1.
        final: decay at the end, 0..1.

    Raises:
        ValueError: an argument is outside 0..1.
    """
    for name, value in (('progress', progress), ('base', base), ('final', final)):
        if not 0 <= value <= 1:
            raise ValueError(f'{name} must lie in 0..1, got {value}')
    return final - (final - base) * (math.cos(math.pi * progress) + 1) / 2


def _check_count(name: str, value: int, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f'{name} must be an integer of at least {least}, got {value!r}')
