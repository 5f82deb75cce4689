"""Learning rates whose phases are shares of the training, so that they fit any length of it.

mmengine tells a scheduler without `end` how long the run really is (`train_cfg`, which
`--cfg-options` may have changed); these two take their begin and end from that.
"""
from __future__ import annotations

import math
from typing import Any

from mmengine.optim import CosineAnnealingLR, LinearLR

from oadp_mm.registry import PARAM_SCHEDULERS


@PARAM_SCHEDULERS.register_module()
class WarmUpLR(LinearLR):
    """Warm up over the first share of the training, iteration by iteration.

    Args:
        optimizer: the runner's.
        until: share of the training, 0..1; less than two iterations are no warm-up.
        end: iterations of the training; the runner's, if the config says `by_epoch=False` only.
        start_factor: of the rate in the first iteration.
        **options: of mmengine's LinearLR.

    Raises:
        ValueError: a share outside 0..1, no iterations, or `by_epoch` is not False.
    """

    def __init__(self, optimizer: Any, until: float, *, end: int, by_epoch: bool = True,
                 start_factor: float = 1 / 3, **options: Any) -> None:
        steps = _iterations('until', until, end, by_epoch)
        super().__init__(optimizer, start_factor=start_factor if steps else 1.0,
                         end=max(steps, 1), by_epoch=False, **options)


@PARAM_SCHEDULERS.register_module()
class CosineLR(CosineAnnealingLR):
    """Fall as a cosine from the end of the warm-up to the end of the training.

    Args:
        optimizer: the runner's.
        after: share of the training that the warm-up takes, 0..1; its `until`.
        end: iterations of the training; the runner's, if the config says `by_epoch=False` only.
        whole: the cosine begins with the training, as timm's, so that it has fallen a little when
            the warm-up makes way for it.
        **options: of mmengine's CosineAnnealingLR.

    Raises:
        ValueError: a share outside 0..1, no iterations, or `by_epoch` is not False.
    """

    def __init__(self, optimizer: Any, after: float, *, end: int, by_epoch: bool = True,
                 whole: bool = False, **options: Any) -> None:
        self.whole = whole
        super().__init__(optimizer, begin=_iterations('after', after, end, by_epoch), end=end,
                         by_epoch=False, **options)

    def _get_value(self) -> list[float]:
        if not self.whole:
            return super()._get_value()
        share = (self.begin + self.last_step) / self.end
        least = self.eta_min or 0.0
        return [least + (base - least) * (1 + math.cos(math.pi * share)) / 2
                for base in self.base_values]


def _iterations(name: str, share: float, end: int, by_epoch: bool) -> int:
    if by_epoch:
        raise ValueError(f'{name} is a share of the iterations: set by_epoch=False, too')
    if not 0 <= share < 1:
        raise ValueError(f'{name} is a share of the training in [0, 1), got {share}')
    if end < 1:
        raise ValueError(f'the training has {end} iterations: set train_cfg.max_epochs to 1 or '
                         'more')
    steps = round(share * end)
    return steps if steps > 1 else 0
