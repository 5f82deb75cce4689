"""Work in chunks gives what the whole batch gives at once."""
from __future__ import annotations

import pytest
import torch

from oadp_mm.ops import chunks, matching, objectness
from oadp_mm.ops.matching import match_patches
from oadp_mm.ops.objectness import patch_scores, select_pool


def test_as_many_images_as_fit_and_never_none() -> None:
    assert chunks.images_at_once(224**2) * 224**2 <= 1 << 21 < (
        chunks.images_at_once(224**2) + 1) * 224**2
    assert chunks.images_at_once(1 << 30) == 1


@pytest.mark.parametrize('images', [1, 2, 4])
def test_chunks_change_nothing(images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of five images one at a time, two, or four, and a rest of one."""
    small, large = torch.randint(0, 256, (2, 5, 28, 28), dtype=torch.uint8)

    def choose() -> list[torch.Tensor]:
        scores = [patch_scores(small), patch_scores(large, span=2)]
        pools = [select_pool(rows, 6) for rows in scores]
        return [*scores, match_patches(small, large, *pools)]

    whole = choose()
    for module in (objectness, matching):
        monkeypatch.setattr(module, 'images_at_once', lambda pixels: images)
    for ours, theirs in zip(choose(), whole, strict=True):
        assert torch.equal(ours, theirs)
    small, large = small.mT, large.mT  # neither whole nor in chunks is memory in order
    strided = choose()
    small, large = small.contiguous(), large.contiguous()
    for ours, theirs in zip(strided, choose(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize('pixels', [1, 1 << 21])
def test_an_empty_batch_has_no_chunks(pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, '_PIXELS', pixels)
    views, pools = torch.zeros(0, 28, 28, dtype=torch.uint8), torch.zeros(0, 6, dtype=torch.long)
    for choose in (lambda: patch_scores(views), lambda: match_patches(views, views, pools, pools)):
        with pytest.raises(ValueError, match=r'a non-empty batch .* got shape \(0, 28, 28\)$'):
            choose()
