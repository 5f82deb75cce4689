"""Rows of features: what measures of them ask for."""
from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

#: Rows that differ by less than this share of their largest number are alike.
_ALIKE = 1e-6
_AT_ONCE = 8192


def check_rows(rows: Tensor, name: str, least: int = 1) -> None:
    """Refuse what are no rows of features.

    Args:
        rows: meant as (n, c).
        name: what they are called in an error.
        least: how many it must be.

    Raises:
        ValueError: they are no matrix of floating point, fewer than `least`, without a channel, or
            hold a number that is not finite.
    """
    if rows.ndim != 2 or not rows.is_floating_point() or not rows.shape[1]:
        raise ValueError(f'{name} must be rows of floating-point features (n, c), got '
                         f'{rows.dtype} of {tuple(rows.shape)}')
    if len(rows) < least:
        raise ValueError(f'{name} must be at least {least} row{"s" * (least > 1)}, got '
                         f'{len(rows)}: give more images or boxes')
    if not all(part.isfinite().all() for part in rows.split(_AT_ONCE)):
        raise ValueError(f'{name} hold numbers that are not finite: the network that made them is '
                         'broken, give another checkpoint')


def check_pair(first: Tensor, second: Tensor, names: tuple[str, str]) -> None:
    """Refuse two sets of rows that have other channels."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(f'{names[0]} have {first.shape[1]} channels and {names[1]} '
                         f'{second.shape[1]}: take both from the same layer of the same network')


def check_lengths(**lengths: int) -> None:
    """Refuse things that should be as many as each other, each given by its name."""
    if len(set(lengths.values())) > 1:
        told = ' and '.join(f'{count} {name}' for name, count in lengths.items())
        raise ValueError(f'expected equal numbers of what belongs together, got {told}')


def check_varied(rows: Float[Tensor, 'n c'], name: str) -> None:
    """Refuse rows that are all alike, which nothing can tell apart; one row alone passes.

    Raises:
        ValueError: no row differs from the first by more than a millionth of its largest number.
    """
    if len(rows) > 1 and are_alike(rows):
        raise ValueError(f'{name} are constant: all {len(rows)} rows are alike, as of a network '
                         'that has collapsed; give another checkpoint or layer')


def are_alike(rows: Float[Tensor, 'n c']) -> bool:
    """Whether no row differs from the first by more than a millionth of its largest number."""
    bound = _ALIKE * rows[:1].abs().max()
    return all(bool((part - rows[:1]).abs().max() <= bound) for part in rows.split(_AT_ONCE))


@torch.no_grad()
def unit(rows: Float[Tensor, '*n c'], dtype: torch.dtype = torch.float32,
         ) -> Float[Tensor, '*n c']:
    """Rows of length one; a zero row stays zero, orthogonal to everything."""
    rows = rows.to(dtype)
    # By their largest number first: squares of very small or great ones are 0 or infinite.
    largest = rows.abs().amax(-1, keepdim=True)
    rows = rows / largest.where(largest > 0, 1)
    return rows.div_(rows.norm(dim=-1, keepdim=True).clamp_min_(1))
