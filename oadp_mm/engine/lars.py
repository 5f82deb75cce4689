"""Layer-wise adaptive rates (You et al. 2017) as SoCo's code takes them, which mmpretrain's differ
from: there the learning rate is part of the momentum, and weight decay of the rate's denominator.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from oadp_mm.registry import OPTIMIZERS


@OPTIMIZERS.register_module()
class LARS(Optimizer):
    """SGD whose gradients are first brought to a share of their parameter's norm.

    Of a parameter p with gradient g: `g = g + weight_decay p`, then `g = g trust |p| / (|g| + eps)`
    unless one of the norms is 0, then `buffer = momentum buffer + g` and `p = p - lr buffer`. The
    learning rate stays outside of the buffer, so what was collected at another one counts at the
    present. Parameters of fewer than two dimensions, which are biases and norms, take the last two
    steps alone: no decay, no adaptation.

    Args:
        params: parameters, or groups of them.
        lr: learning rate of the step.
        momentum: share of the buffer that is kept.
        weight_decay: L2 penalty.
        trust: the norm of a step, at a learning rate of 1 and without momentum, as a share of the
            parameter's.
        eps: added to the gradient's norm.

    Raises:
        ValueError: a setting below 0, or a momentum of 1 and more.
    """

    def __init__(self, params: Iterable[Any], lr: float, momentum: float = 0.9,
                 weight_decay: float = 0.0, trust: float = 0.001, eps: float = 1e-8) -> None:
        settings = {'lr': lr, 'momentum': momentum, 'weight_decay': weight_decay, 'trust': trust,
                    'eps': eps}
        for name, value in settings.items():
            if not 0 <= value < (1 if name == 'momentum' else float('inf')):
                raise ValueError(f'{name} of LARS must be finite and not negative, and momentum '
                                 f'below 1, got {value}')
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step of all parameters that have a gradient.

        Args:
            closure: computes gradients anew and returns the loss, which is returned.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [p for p in group['params'] if p.grad is not None]
            if not params:
                continue
            for p in params:
                if p not in self.state:
                    self.state[p]['momentum_buffer'] = torch.zeros_like(p)
            buffers = [self.state[p]['momentum_buffer'] for p in params]
            torch._foreach_mul_(buffers, group['momentum'])
            torch._foreach_add_(buffers, [
                adapted(p, p.grad, group) if p.ndim > 1 else p.grad for p in params])
            torch._foreach_add_(params, buffers, alpha=-group['lr'])
        return loss


def adapted(parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> Tensor:
    """The gradient with decay, of a length that is a share of the parameter's."""
    step = gradient.add(parameter, alpha=group['weight_decay'])
    size, length = parameter.norm(), step.norm()
    rate = group['trust'] * size / (length + group['eps'])
    # On the device: its host need not wait for the norms.
    return step * torch.where((size > 0) & (length > 0), rate, 1)
