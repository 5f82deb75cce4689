from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.layers.foreground import ForegroundNetwork
from tests.oracles.foreground import saliency
from tests.oracles.network import weights_of


def network(channels: int) -> ForegroundNetwork:
    """In float64 and training mode, with a norm that matters."""
    model = ForegroundNetwork(channels).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter))
    return model


def test_it_is_the_papers_network() -> None:
    model, features = network(5), torch.randn(3, 5, 4, 6, dtype=torch.float64)
    expected = saliency(features.numpy(), weights_of(model))
    np.testing.assert_allclose(model(features).detach(), expected, rtol=0, atol=1e-12)


def test_sizes_of_the_paper() -> None:
    """A.1: 2048 and 1 outputs, a norm between, and a bias where no norm takes its place."""
    expected = 2048 * 2048 + 2 * 2048 + 2048 + 1
    assert sum(p.numel() for p in ForegroundNetwork(2048).parameters()) == expected


def test_background_can_be_said() -> None:
    """D-7: no ReLU, so a negative second layer turns M into 1 - M; no norm, so its bias counts."""
    model, features = network(5), torch.randn(3, 5, 4, 6, dtype=torch.float64)
    before = model(features)
    with torch.no_grad():
        for parameter in model.layers[-1].parameters():
            parameter.neg_()
    torch.testing.assert_close(model(features), 1 - before, rtol=0, atol=1e-12)
    with torch.no_grad():
        model.layers[-1].bias.fill_(-30)
        model.layers[-1].weight.zero_()
    expected = 1 / (1 + np.exp(30.0))
    assert model(features).max().item() == pytest.approx(expected, rel=1e-12)
