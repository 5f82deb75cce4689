"""The target network: a slowly following copy of an online module."""
from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class EMACopy(nn.Module):
    """Exponential moving average of a module's parameters, never trained itself.

    Args:
        online: module to follow; the copy shares nothing with it.
        module: what follows, with parameters of the same names, if it differs from a plain copy
            (MoBy's target has no drop path).

    The copy keeps batch-norm statistics of its own, from its own forward passes (official BYOL);
    in training mode they are not used, so losses do not depend on this choice.
    """

    def __init__(self, online: nn.Module, module: nn.Module | None = None) -> None:
        super().__init__()
        self.module = (copy.deepcopy(online) if module is None else module).requires_grad_(False)
        self._followed = (online,)  # a tuple: no submodule, so that its keys have one place
        self.reset()

    @property
    def online(self) -> nn.Module:
        """The module it follows."""
        return self._followed[0]

    @torch.no_grad()
    def forward(self, *args, **kwargs) -> Tensor | tuple[Tensor, ...]:
        """Run the copy; no gradient flows into or through it."""
        return self.module(*args, **kwargs)

    @torch.no_grad()
    def follow(self, decay: float) -> None:
        """`copy = decay * copy + (1 - decay) * online`, for all parameters in one fused call.

        Raises:
            ValueError: `decay` outside [0, 1].
        """
        if not 0 <= decay <= 1:
            raise ValueError(f'the EMA decay is the fraction kept and lies in [0, 1], got {decay}')
        torch._foreach_lerp_(
            list(self.module.parameters()), list(self.online.parameters()), 1 - decay)

    def reset(self) -> None:
        """Make the copy equal to what it follows, statistics included."""
        self.module.load_state_dict(self.online.state_dict())
