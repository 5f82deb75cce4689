"""What counts as a collapse, on rows whose ranks and distances are known."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.engine.hooks.collapse import collapse
from oadp_mm.ops.label_free import spread

AXES = torch.eye(8).repeat(8, 1)


def turned(rows: torch.Tensor, share: float) -> torch.Tensor:
    """Unit rows with a part of this length in a ninth direction, of either sign."""
    sign = torch.tensor([1., -1]).repeat(len(rows) // 2)[:, None]
    return torch.cat([rows * (1 - share ** 2) ** .5, share * sign], 1)


def figures(rows: torch.Tensor) -> dict[str, float]:
    """Of rows whose views agree."""
    return {**spread(rows), 'alignment': 0}


@pytest.mark.parametrize(('rows', 'apart', 'expected'), [
    (AXES, 0, None),  # agreement alone is what a method wants
    (torch.eye(8)[torch.arange(64) % 5], 0, None),
    (torch.eye(8)[torch.arange(64) % 3], 0, 'an effective rank of 3, which began at 8'),
    (torch.eye(8)[:1] * torch.tensor([1., -1]).repeat(32)[:, None], 0, 'rank of 1, '),
    # Strangers among three directions have 2/3 of 2 between them, of which views may have 1/100.
    (torch.eye(8)[torch.arange(64) % 3], .014, None),
    (torch.eye(8)[torch.arange(64) % 3], .012, 'rank of 3, '),
    # One point and some noise: unit rows that differ by 0.2 have this deviation, the axes' is .94.
    (turned(torch.eye(8)[:1].repeat(64, 1), .2), 2, 'with a deviation of 0.2, which began at 0.94'),
    (turned(torch.eye(8)[:1].repeat(64, 1), .25), 2, None),
])
def test_what_a_collapse_is(rows, apart, expected):
    """Against a start of eight axes, whose rank is 8 and deviation sqrt(7/8)."""
    found = collapse({**figures(rows), 'alignment': apart}, figures(AXES))
    assert found is None if expected is None else expected in found


def test_few_directions_at_the_start_are_no_collapse():
    rows = torch.eye(8)[torch.arange(64) % 3]
    assert collapse(figures(rows), figures(rows)) is None


def test_projections_are_judged_too_and_a_single_view_as_if_it_agreed():
    start = figures(AXES)
    start |= {f'projected_{name}': value for name, value in start.items()}
    now = {**start, **{f'projected_{name}': value for name, value in figures(
        torch.eye(8)[torch.arange(64) % 2]).items()}}
    del now['projected_alignment']
    assert collapse(now, start).startswith('the projections have an effective rank of 2, ')
