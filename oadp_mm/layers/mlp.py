"""The two-layer perceptron of BYOL's projector and predictor."""
from __future__ import annotations

from torch import nn


def mlp(in_channels: int, hidden_channels: int, out_channels: int) -> nn.Sequential:
    """Linear - batch norm - ReLU - linear, with biases and no last norm (BYOL, section 3.2)."""
    return nn.Sequential(
        nn.Linear(in_channels, hidden_channels),
        nn.BatchNorm1d(hidden_channels),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_channels, out_channels),
    )
