"""The block that doubles a map's sides (Laina et al. 2016, section 3.2)."""
from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn


class UpProjection(nn.Module):
    """A residual block on a map of zeros that holds each position at every second place.

    One branch has a 5x5 convolution, norm, ReLU, a 3x3 convolution and norm, the other a 5x5
    convolution and norm; a ReLU follows their sum. A 5x5 convolution of such a map is a transposed
    one of stride 2, which is how it is computed ("fast" there: no product with those zeros).

    Args:
        in_channels: of the map.
        channels: of the map that it gives.
    """

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *_unpool(in_channels, channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.side = nn.Sequential(*_unpool(in_channels, channels))

    def forward(self, maps: Float[Tensor, 'b c h w']) -> Float[Tensor, 'b c2 2*h 2*w']:
        return (self.main(maps) + self.side(maps)).relu()


def _unpool(in_channels: int, channels: int) -> tuple[nn.Module, nn.Module]:
    return (nn.ConvTranspose2d(in_channels, channels, 5, stride=2, padding=2, output_padding=1,
                               bias=False),
            nn.BatchNorm2d(channels))
