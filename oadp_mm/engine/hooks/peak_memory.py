"""The most memory that the process has held, in the log of a training without a GPU."""
from __future__ import annotations

import resource
import sys

from mmengine.device import get_device
from mmengine.hooks import Hook
from mmengine.runner import Runner

from oadp_mm.registry import HOOKS

#: What `ru_maxrss` counts in, as a share of a MB: bytes on macOS, else KB.
_MB = 1 << 20 if sys.platform == 'darwin' else 1 << 10


@HOOKS.register_module()
class PeakMemoryHook(Hook):
    """Log the peak of the training process in MB as `memory`, which the host logs of a GPU alone.

    Data workers are processes of their own and not in it.
    """

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        if get_device() == 'cpu':
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB
            runner.message_hub.update_scalar('train/memory', peak)
