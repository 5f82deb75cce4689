"""A head's perceptron and the EMA recursion in numpy (methods: BYOL's, paper III)."""
from __future__ import annotations

import numpy as np
from torch import nn

Weights = list[np.ndarray]


def weights_of(body: nn.Module) -> Weights:
    """Parameters in their order: weight, bias, scale, shift, weight, bias."""
    return [parameter.detach().double().numpy() for parameter in body.parameters()]


def perceptron(rows: np.ndarray, weights: Weights, eps: float = 1e-5) -> np.ndarray:
    """Linear - batch norm in training mode - ReLU - linear."""
    weight_in, bias_in, scale, shift, weight_out, bias_out = weights
    hidden = rows @ weight_in.T + bias_in
    centred = hidden - hidden.mean(axis=0)
    hidden = centred / np.sqrt((centred ** 2).mean(axis=0) + eps) * scale + shift
    return np.maximum(hidden, 0) @ weight_out.T + bias_out


def moving_average(target: np.ndarray, online: np.ndarray, kept: float) -> np.ndarray:
    return kept * target + (1 - kept) * online
