"""The perceptrons that project and predict."""
from __future__ import annotations

from functools import reduce
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class ConcatLinear(nn.Linear):
    """Linear layer on the concatenation of parts that are never concatenated.

    `W cat(a, b) = W_a a + W_b b`: a part that many rows share, such as a view among its patches,
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
        # Of plain rows: with three dimensions torch may copy the weight for each image.
        terms = [F.linear(part.flatten(0, -2), weight).unflatten(0, part.shape[:-1])
                 for part, weight in zip(parts, self.weight.split(widths, 1), strict=True)]
        rows = reduce(torch.add, terms).flatten(0, -2)
        return rows if self.bias is None else rows + self.bias


def mlp(in_channels: int, hidden_channels: int, out_channels: int, *, layers: int = 2,
        norm: bool = True, last_norm: bool = False, bias: bool = True,
        last_bias: bool = True) -> nn.Sequential:
    """Linear layers with batch norm and ReLU between them.

    The defaults are BYOL's projector and predictor (section 3.2); MoCo v2 has no norm, SimSiam and
    MoCo v3 end in a norm without scale and offset. The first layer also takes rows in parts, see
    `ConcatLinear`.

    Args:
        in_channels: width of the input rows.
        hidden_channels: width between the layers.
        out_channels: width of the output rows.
        layers: how many linear layers.
        norm: batch norm after each layer but the last.
        last_norm: batch norm without affine parameters after the last layer.
        bias: of each linear layer but the last.
        last_bias: of the last linear layer.

    Raises:
        ValueError: fewer than one layer or channel.
    """
    widths = [in_channels, *[hidden_channels] * (layers - 1), out_channels]
    if layers < 1 or min(widths) < 1:
        raise ValueError('a projector or predictor needs at least 1 layer and widths of at least '
                         f'1, got {layers} layers and {"-".join(map(str, widths))}')
    modules: list[nn.Module] = []
    for number, (width, following) in enumerate(pairwise(widths), 1):
        last = number == layers
        linear = ConcatLinear if number == 1 else nn.Linear
        modules.append(linear(width, following, bias=last_bias if last else bias))
        if last_norm if last else norm:
            modules.append(nn.BatchNorm1d(following, affine=not last))
        if not last:
            modules.append(nn.ReLU(inplace=True))
    return nn.Sequential(*modules)
