from __future__ import annotations

import numpy as np
import torch

from oadp_mm.layers.mlp import mlp
from tests.oracles.network import perceptron, weights_of


def test_the_perceptron_is_linear_norm_relu_linear() -> None:
    body = mlp(6, 11, 3).double()
    with torch.no_grad():
        for parameter in body.parameters():
            parameter.add_(torch.randn_like(parameter))
    rows = torch.randn(9, 6, dtype=torch.float64)
    expected = perceptron(rows.numpy(), weights_of(body))
    np.testing.assert_allclose(body(rows).detach().numpy(), expected, rtol=0, atol=1e-12)


def test_sizes_of_the_paper() -> None:
    """2048-4096-256 with biases and one norm: the weights counted by hand."""
    expected = (2048 * 4096 + 4096) + 2 * 4096 + (4096 * 256 + 256)
    assert sum(parameter.numel() for parameter in mlp(2048, 4096, 256).parameters()) == expected
