"""Work in chunks gives what the whole batch gives at once."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.ops import chunks
from oadp_mm.ops.matching import match_patches
from oadp_mm.ops.objectness import patch_scores, select_pool


def test_as_many_images_as_fit_and_never_none() -> None:
    assert chunks.images_at_once(224**2) * 224**2 <= 1 << 21 < (
        chunks.images_at_once(224**2) + 1) * 224**2
    assert chunks.images_at_once(1 << 30) == 1


@pytest.mark.parametrize('pixels', [1, 2 * 28**2, 3 * 28**2])
def test_chunks_change_nothing(pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One image at a time, two and a rest of one, all three or four."""
    small, large = torch.randint(0, 256, (2, 5, 28, 28), dtype=torch.uint8)

    def choose() -> list[torch.Tensor]:
        scores = [patch_scores(small), patch_scores(large, span=2)]
        pools = [select_pool(rows, 6) for rows in scores]
        return [*scores, match_patches(small, large, *pools)]

    whole = choose()
    monkeypatch.setattr(chunks, '_PIXELS', pixels)
    for ours, theirs in zip(choose(), whole, strict=True):
        assert torch.equal(ours, theirs)
