"""RegionCL's regions, by painted composites that a known convolution reads back."""
from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from oadp_mm.models.algorithms import regioncl as module
from oadp_mm.ops.regions import Region
from tests.models.tiny_pairs import regioncl
from tests.oracles import regions as oracle


class Averages(nn.Module):
    """The known convolution: each position is the mean of its square of pixels."""

    def __init__(self, pixels: int, tokens: bool = False) -> None:
        super().__init__()
        self.pixels, self.tokens = pixels, tokens

    def forward(self, images: Tensor) -> tuple[Tensor]:
        maps = F.avg_pool2d(images, self.pixels)
        if not self.tokens:
            return (maps,)
        nothing = images.new_full((len(images), 1, 3), torch.nan)
        return (torch.cat([nothing, maps.flatten(2).transpose(1, 2)], 1),)


def painted(count: int, height: int, width: int) -> Tensor:
    """Images of one colour each; sums of these small integers are exact."""
    colours = torch.randperm(200)[:count * 3].reshape(count, 3, 1, 1).float()
    return colours.expand(count, 3, height, width).clone()


@pytest.mark.parametrize('swap', [True, False])
@pytest.mark.parametrize(('height', 'width', 'pixels', 'tokens'), [
    (224, 224, 32, False), (96, 160, 32, False), (160, 96, 32, False), (96, 160, 16, False),
    (224, 224, 16, True)])
def test_pastes_and_canvases_have_their_images_colours(height: int, width: int, pixels: int,
                                                       tokens: bool, swap: bool) -> None:
    """A paste has its source's colour and nothing of another's, a canvas its own: to the last bit.

    A ViT's class token, which is of both, is nan here.
    """
    model = regioncl(negative=swap, swap=swap)
    model.backbone = Averages(pixels, tokens and swap)
    for count in (2, 3, 5):
        images = painted(count, height, width)
        paste, canvas, source = model.region_features(images)
        assert torch.equal(canvas, images[:, :, 0, 0])
        assert torch.equal(paste, images[source, :, 0, 0])
        assert torch.equal(source == torch.arange(count), torch.full((count,), not swap))


@pytest.mark.parametrize('pixels', [32, 16])
def test_the_pooled_cells_are_the_pasted_pixels(monkeypatch, pixels: int) -> None:
    """Every cell of every image has a colour of its own, and the draw is known."""
    grid, box, source = (3, 5), (0, 2, 2, 3), [2, 0, 1]
    model = regioncl()
    model.backbone = Averages(pixels)
    monkeypatch.setattr(module, 'random_region', lambda *_: Region(*box))
    monkeypatch.setattr(module, 'random_derangement', lambda *_, **__: torch.tensor(source))
    colours = torch.randn(3, 3, *grid, dtype=torch.float64)
    images = colours.repeat_interleave(32, 2).repeat_interleave(32, 3)
    paste, canvas, _ = model.region_features(images)
    for image, other in enumerate(source):
        expected = oracle.pooled(colours[other].numpy(), grid, box)[0]
        np.testing.assert_allclose(paste[image], expected, rtol=0, atol=1e-12)
        expected = oracle.pooled(colours[image].numpy(), grid, box)[1]
        np.testing.assert_allclose(canvas[image], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize('swap', [True, False])
def test_the_released_placement_pastes_pixels_and_pools_cells(monkeypatch, swap: bool) -> None:
    """A start of 127 pixels of 224: of the pooled cells 3 to 5 a strip of the first is pasted."""
    model = regioncl(placement='released', swap=swap, negative=swap)
    model.backbone = Averages(32)
    cells, pixels = Region(0, 3, 3, 3), Region(0, 127, 96, 96)
    monkeypatch.setattr(module, 'released_region', lambda *_: (cells, pixels))
    images = painted(2, 224, 224)
    paste, canvas, source = model.region_features(images)
    own, other = images[:, :, 0, 0], images[source, :, 0, 0]
    # 2 of 3 columns of cells, and 1 of 32 pixels of the third; the canvas has what they miss.
    share = (2 + 1 / 32) / 3 if swap else 1
    torch.testing.assert_close(paste, share * other + (1 - share) * own)
    foreign = 3 * (31 / 32) / (49 - 9)
    torch.testing.assert_close(
        canvas, (1 - foreign) * own + foreign * (other if swap else torch.zeros_like(own)))
