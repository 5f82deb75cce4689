"""The target network: a slowly following copy of an online module."""
from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class EMACopy(nn.Module):
    """Exponential moving average of a module's parameters, never trained itself.

    Args:
        online: module to copy; the copy shares nothing with it.

    The copy keeps batch-norm statistics of its own, from its own forward passes (official BYOL);
    in training mode they are not used, so losses do not depend on this choice.
    """

    def __init__(self, online: nn.Module) -> None:
        super().__init__()
        self.module = copy.deepcopy(online).requires_grad_(False)

    @torch.no_grad()
    def forward(self, *args, **kwargs) -> Tensor | tuple[Tensor, ...]:
        """Run the copy; no gradient flows into or through it."""
        return self.module(*args, **kwargs)

    @torch.no_grad()
    def update(self, online: nn.Module, decay: float) -> None:
        """``copy = decay * copy + (1 - decay) * online``, for all parameters in one fused call.

        Raises:
            ValueError: ``decay`` outside [0, 1].
        """
        if not 0 <= decay <= 1:
            raise ValueError(f'the EMA decay is the fraction kept and lies in [0, 1], got {decay}')
        torch._foreach_lerp_(list(self.module.parameters()), list(online.parameters()), 1 - decay)

    def reset(self, online: nn.Module) -> None:
        """Make the copy equal to ``online``, statistics included."""
        self.module.load_state_dict(online.state_dict())
