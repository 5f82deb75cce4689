"""SoCo's LARS, number by number: decay, adaptation, momentum, and the learning rate last."""
from __future__ import annotations

import math


def train(start: list[float], gradients: list[list[float]], rates: list[float], *, momentum: float,
          decay: float, trust: float, eps: float, plain: bool) -> list[float]:
    """A parameter's numbers after a step for each gradient and learning rate.

    Args:
        start: the parameter's numbers.
        gradients: of each step.
        rates: of each step.
        momentum: share of what was collected that is kept.
        decay: weight decay, which joins the gradient before its norm is taken.
        trust: share of the parameter's norm.
        eps: added to the gradient's norm.
        plain: the parameter has one dimension: neither decay nor adaptation.
    """
    numbers, collected = list(start), [0.0] * len(start)
    for gradient, rate in zip(gradients, rates, strict=True):
        step = list(gradient)
        if not plain:
            step = [g + decay * p for g, p in zip(step, numbers, strict=True)]
            size, length = (math.sqrt(sum(x * x for x in each)) for each in (numbers, step))
            if size > 0 and length > 0:
                step = [trust * size / (length + eps) * g for g in step]
        collected = [momentum * b + g for b, g in zip(collected, step, strict=True)]
        numbers = [p - rate * b for p, b in zip(numbers, collected, strict=True)]
    return numbers
