"""What contrastive objectives remember: queues of keys, and the keys that wait to enter them."""
from __future__ import annotations

import math
from typing import Any, cast

import torch
from mmengine.dist import all_gather
from torch import Tensor, nn

from oadp_mm.layers.queue import FeatureQueue


class KeyMemory(nn.ModuleList):
    """One queue for the keys of all views, or one each for those of even and of odd number (MoBy).

    Keys wait until the step is done and then enter, from all processes in the order of their ranks;
    so all processes hold the same queues, and a repeated loss gives the same number. Those that
    wait are part of a checkpoint, which may be written while batches accumulate.

    Args:
        length: K, at least the batch of all processes.
        channels: width of a key.
        queues: 1 or 2.

    Raises:
        ValueError: a number outside its range.
    """

    def __init__(self, length: int, channels: int, queues: int = 1) -> None:
        if queues not in (1, 2):
            raise ValueError(f'queues must be 1, or 2 for one a view, got {queues}')
        super().__init__(FeatureQueue(length, channels) for _ in range(queues))
        for number in range(queues):
            self.register_buffer(f'waiting{number}', torch.empty(0, channels))

    def queue(self, view: int) -> FeatureQueue:
        """The queue of the keys of one view."""
        return cast(FeatureQueue, self[view % len(self)])

    @torch.compiler.disable  # how many wait changes from batch to batch
    @torch.no_grad()
    def remember(self, keys: Tensor, view: int) -> None:
        """Let `keys` (n, d) of one view wait for the end of the step.

        Raises:
            ValueError: the queue is shorter than the batch of all processes.
        """
        number, length = view % len(self), len(self.queue(view).rows)
        keys = torch.cat(all_gather(keys.detach()))
        if len(keys) > length:
            raise ValueError(f'a queue of {length} is shorter than a batch of {len(keys)} keys: '
                             'set queue_length to at least the batch size of all processes')
        # Steps that mixed precision skips, or a loss nobody steps on, must not pile up.
        most = math.ceil(length / len(keys)) * len(keys)
        self._wait(number, torch.cat([self._waiting(number), keys])[-most:])

    def after_step(self) -> None:
        """Put the waiting keys of all processes into the queues, the oldest first."""
        for number in range(len(self)):
            waiting, queue = self._waiting(number), self.queue(number)
            for keys in waiting.split(len(queue.rows)):
                queue.push(keys)
            self._wait(number, waiting.new_empty(0, waiting.shape[1]))

    def _waiting(self, number: int) -> Tensor:
        return getattr(self, f'waiting{number}')

    def _wait(self, number: int, keys: Tensor) -> None:
        setattr(self, f'waiting{number}', keys)

    def _load_from_state_dict(self, state_dict: dict, prefix: str, *args: Any) -> None:
        # As many wait as waited then; none in a checkpoint of before they were part of it.
        for number in range(len(self)):
            waiting = self._waiting(number)
            saved = state_dict.setdefault(f'{prefix}waiting{number}', waiting[:0])
            self._wait(number, waiting.new_empty(saved.shape))
        super()._load_from_state_dict(state_dict, prefix, *args)
