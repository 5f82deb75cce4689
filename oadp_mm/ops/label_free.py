"""What features tell without labels: how many directions they use, and how they spread.

Rows may be vectors of images, patches or regions. All is computed in float64; a zero row counts as
orthogonal to everything. Rows that are all alike have the value that stands with each measure.
"""
from __future__ import annotations

import math

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from oadp_mm.ops.rows import are_alike, check_lengths, check_pair, check_rows, unit

EPSILON = 1e-7

_ROWS_AT_ONCE = 1024


@torch.no_grad()
def effective_rank(rows: Float[Tensor, 'n c'], *, epsilon: float = EPSILON,
                   centred: bool = False) -> float:
    """Exponential of the entropy of the singular values: RankMe (Garrido et al. 2023, eq. 1).

    Args:
        rows: n of them; the rank is at most n, so take several times as many as channels (the paper
            takes 25,600). Memory is three times theirs in float64.
        epsilon: added to each singular value's share of their sum.
        centred: take the mean row off first. The paper does not; after a ReLU the mean hides much
            of the rest. What remains may be noise: read it beside `channel_deviations`.

    Returns:
        From 1 to the lesser of n and c, but for `epsilon`. Rows that are all alike have 1, or 0 if
        they are zero or centred: no direction is left.

    Raises:
        ValueError: fewer than two rows, or numbers that are not finite.
    """
    check_rows(rows, 'the features', least=2)
    rows = rows.double()
    if not rows.any() or (centred and are_alike(rows)):
        return 0.
    values = torch.linalg.svdvals(rows - rows.mean(0) if centred else rows)
    shares = values / values.sum() + epsilon
    return float((-shares * shares.log()).sum().exp())


@torch.no_grad()
def channel_deviations(rows: Float[Tensor, 'n c']) -> Float64[Tensor, ' c']:
    """Standard deviation of each channel of the unit rows (Chen & He 2021, figure 2).

    Returns:
        Numbers from 0, all 0 if rows are alike; the root of their mean square is 1 / sqrt(c) at
        most, which rows have that sum to zero.

    Raises:
        ValueError: as `effective_rank`.
    """
    check_rows(rows, 'the features', least=2)
    return unit(rows, torch.float64).std(0, unbiased=False)


@torch.no_grad()
def mean_cosine(rows: Float[Tensor, 'n c']) -> float:
    """Mean cosine of all pairs of different rows, -1 / (n - 1) to 1; 1 if rows are alike.

    Raises:
        ValueError: as `effective_rank`.
    """
    check_rows(rows, 'the features', least=2)
    rows = unit(rows, torch.float64)
    return float((rows.sum(0).square().sum() - rows.square().sum()) / (len(rows) * (len(rows) - 1)))


@torch.no_grad()
def alignment(first: Float[Tensor, 'n c'], second: Float[Tensor, 'n c'], *,
              power: float = 2) -> float:
    """Mean distance of unit rows that belong together (Wang & Isola 2020, section 4.2).

    Args:
        first: rows of one view.
        second: rows of the other; row i belongs to row i of the first.
        power: of the distance.

    Returns:
        0 (the same directions, as when all rows are alike) to 2**power; 2 or so for rows that have
        nothing to do with each other, with the power 2.

    Raises:
        ValueError: no rows, other numbers of rows or channels, or not finite ones.
    """
    names = 'the rows of the first view', 'the rows of the second view'
    for rows, name in zip((first, second), names, strict=True):
        check_rows(rows, name)
    check_lengths(**{'rows of the first view': len(first), 'of the second': len(second)})
    check_pair(first, second, names)
    apart = unit(first, torch.float64) - unit(second, torch.float64)
    return float(apart.norm(dim=1).pow(power).mean())


@torch.no_grad()
def uniformity(rows: Float[Tensor, 'n c'], *, t: float = 2) -> float:
    """Logarithm of the mean Gaussian potential of pairs of unit rows (Wang & Isola 2020).

    Time grows as n**2; memory by 40 KB a row, for 1024 rows are held against all at once.

    Args:
        rows: n of them.
        t: potential exp(-t d**2) of two rows at the distance d.

    Returns:
        -4 t to 0: the less, the more evenly they spread; 0 if rows are alike.

    Raises:
        ValueError: as `effective_rank`.
    """
    check_rows(rows, 'the features', least=2)
    rows = unit(rows, torch.float64)
    square = rows.square().sum(1)
    total = 0.
    for part, length in zip(rows.split(_ROWS_AT_ONCE), square.split(_ROWS_AT_ONCE), strict=True):
        apart = (length[:, None] + square - 2 * part @ rows.T).clamp_min_(0)
        total += float(apart.mul_(-t).exp_().sum())
    return min(0., math.log((total - len(rows)) / (len(rows) * (len(rows) - 1))))


def spread(rows: Float[Tensor, 'n c']) -> dict[str, float]:
    """The figures of one set of rows by name, for tables and logs.

    Returns:
        `effective_rank` and `centred_rank`, `deviation` (the root mean square of
        `channel_deviations` times sqrt(c): 0 to 1 for any number of channels), `mean_cosine`,
        `uniformity`.

    Raises:
        ValueError: as `effective_rank`.
    """
    deviations = channel_deviations(rows)
    return {
        'effective_rank': effective_rank(rows),
        'centred_rank': effective_rank(rows, centred=True),
        'deviation': float(deviations.square().sum().sqrt()),
        'mean_cosine': mean_cosine(rows),
        'uniformity': uniformity(rows),
    }
