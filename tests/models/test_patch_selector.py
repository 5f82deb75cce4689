"""What the selector looks at; its pools and matches are tested in tests/ops and by OADP's loss."""
from __future__ import annotations

import torch

from tests.models.tiny import GRID, build, views


def test_gray_levels_alone_choose_the_patches() -> None:
    """Recoloured inputs with the same grey levels keep the pairs; other grey levels do not."""
    model = build()
    _, gray = views()
    maps = (torch.randn(2, 512, GRID, GRID), torch.randn(2, 512, GRID, GRID))
    pairs = model.selector(gray, maps=maps)
    again = model.selector(gray, maps=tuple(-each for each in maps))
    assert torch.equal(pairs.small, again.small)
    assert torch.equal(pairs.large, again.large)
    mirrored = model.selector([view.flip(-1) for view in gray], maps=maps)
    columns = GRID - 1 - pairs.small % GRID
    assert torch.equal(mirrored.small.sort(1).values,
                       (pairs.small // GRID * GRID + columns).sort(1).values)
