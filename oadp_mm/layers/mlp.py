"""The two-layer perceptron of BYOL's projector and predictor."""
from __future__ import annotations

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ConcatLinear(nn.Linear):
    """Linear layer on the concatenation of parts that are never concatenated.

    ``W cat(a, b) = W_a a + W_b b``: a part that many rows share, such as a view among its patches,
    is multiplied once.
    """

    def forward(self, parts: Float[Tensor, 'n c'] | tuple[Float[Tensor, '... _'], ...],
                ) -> Float[Tensor, 'n out']:
        """Rows of the output.

        Args:
            parts: rows (n, c), or several tensors whose leading dimensions broadcast and whose
                widths sum up to the layer's, in the order of the concatenation.

        Raises:
            ValueError: widths with another sum.
        """
        if isinstance(parts, Tensor):
            return super().forward(parts)
        widths = [part.shape[-1] for part in parts]
        if sum(widths) != self.in_features:
            raise ValueError(f'expected rows of {self.in_features} channels in all, got parts of '
                             f'{widths}')
        out: Tensor = self.bias
        for part, weight in zip(parts, self.weight.split(widths, 1), strict=True):
            # Of plain rows: with three dimensions torch may copy the weight for each image.
            out = out + F.linear(part.flatten(0, -2), weight).unflatten(0, part.shape[:-1])
        return out.flatten(0, -2)


def mlp(in_channels: int, hidden_channels: int, out_channels: int) -> nn.Sequential:
    """Linear - batch norm - ReLU - linear, with biases and no last norm (BYOL, section 3.2).

    The first layer also takes rows in parts, see :class:`ConcatLinear`.
    """
    return nn.Sequential(
        ConcatLinear(in_channels, hidden_channels),
        nn.BatchNorm1d(hidden_channels),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_channels, out_channels),
    )
