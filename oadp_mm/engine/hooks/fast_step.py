"""The switch that makes a pretraining's steps cheaper: order of memory, and bfloat16."""
from __future__ import annotations

from typing import Any

import torch
from mmengine.device import get_device
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapperDict
from mmengine.runner import Runner
from torch import nn

from oadp_mm.engine.arithmetic import contiguous, has_bfloat16, has_channels_last, to_order
from oadp_mm.engine.bare_model import bare_model
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class FastStepHook(Hook):
    """Keep maps with their channels last, and multiply in bfloat16 where it is asked for.

    Works with every model, the host's own too. With channels last the numbers are those of before
    but for the order of their sums. With bfloat16 convolutions and matrix products round to 8 bits
    under torch's autocast; weights, gradients, the optimizer, targets, norms and losses stay in
    float32, and there is no loss scale, as bfloat16 has float32's range.

    Checkpoints are the same with and without, so that a run may take either one up. It goes on bit
    by bit as before only where both compute alike; else the log says that it does not.

    Args:
        channels_last: order weights so, from which all maps follow.
        bfloat16: multiply so, on a CPU and on a GPU.

    Raises:
        ValueError: before the first step, if the processor has no bfloat16, or if several processes
            have another runner than ours.
    """

    _model: nn.Module | None = None

    def __init__(self, channels_last: bool = True, bfloat16: bool = False) -> None:
        self.channels_last, self.bfloat16 = channels_last, bfloat16
        self.arithmetic = ', '.join(
            ['bfloat16'] * bfloat16 + ['channels last'] * channels_last)

    def before_train(self, runner: Runner) -> None:
        model, device = bare_model(runner), get_device()
        if self.bfloat16 and not has_bfloat16(device):
            raise ValueError(f'FastStepHook: the {device} of this machine does not multiply '
                             'bfloat16 itself: leave bfloat16=True, or --amp, out')
        if self.channels_last and is_model_wrapper(runner.model) and not has_channels_last(model):
            raise ValueError('FastStepHook: with several processes channels are put last before '
                             "the model is wrapped, which only runner_type='oadp_mm.Runner' does: "
                             'set it, or channels_last=False')
        if self.channels_last:  # not earlier: a resume loads the state of the optimizer
            wrappers = runner.optim_wrapper
            for wrapper in (wrappers.values() if isinstance(wrappers, OptimWrapperDict)
                            else [wrappers]):
                to_order(model, wrapper.optimizer.state)
        if self.bfloat16:
            # On the instance, where wrappers for several processes find it, too.
            model.forward = torch.autocast(device, torch.bfloat16)(model.forward)
            self._model = model

    def after_train(self, runner: Runner) -> None:
        if self._model is not None:
            del self._model.forward
            self._model = None

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict[str, Any]) -> None:
        weights = checkpoint['state_dict']
        weights.update(contiguous(dict(weights)))  # in place, as it also holds torch's versions
        if 'optimizer' in checkpoint:
            checkpoint['optimizer'] = contiguous(checkpoint['optimizer'])
