from __future__ import annotations

import torch

from oadp_mm.layers.up_projection import UpProjection
from tests.oracles.depth import unpool_and_convolve


def test_the_transposed_convolution_is_unpooling_and_a_convolution():
    torch.manual_seed(0)
    convolution = UpProjection(3, 4).double().main[0]
    maps = torch.randn(3, 4, 5, dtype=torch.float64)
    mirrored = convolution.weight.detach().transpose(0, 1).flip(2, 3)
    torch.testing.assert_close(
        convolution(maps[None])[0].detach(),
        torch.from_numpy(unpool_and_convolve(maps.numpy(), mirrored.numpy())))


def test_a_block_adds_both_branches():
    torch.manual_seed(0)
    block = UpProjection(3, 4).eval()
    maps = torch.randn(2, 3, 4, 5)
    up, norm, relu, smooth, last = block.main
    expected = last(smooth(relu(norm(up(maps))))) + block.side[1](block.side[0](maps))
    made = block(maps)
    assert made.shape == (2, 4, 8, 10)
    torch.testing.assert_close(made, expected.clamp(min=0))
    assert (made == 0).any()
