"""The network that tells foreground from background in a feature map (SCD, section 4.2)."""
from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from oadp_mm.ops.losses import at_least_float32


class ForegroundNetwork(nn.Module):
    """1x1 convolution, batch norm, ReLU, 1x1 convolution, sigmoid.

    No norm or ReLU follows the second convolution: the sigmoid of a ReLU is never below 1/2, which
    would leave no background (D-7).

    Args:
        channels: of the feature map, and of the hidden layer (2048 in A.1).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, 1, 1),
        )

    def forward(self, features: Float[Tensor, 'b c h w']) -> Float[Tensor, 'b h w']:
        """Probability of each position of the map to be foreground, 0..1, in float32 at least.

        Half precision has no probabilities near 0 or 1, and overflows where they are divided by.
        """
        return at_least_float32(self.layers(features)[:, 0]).sigmoid()
