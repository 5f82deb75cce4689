"""What contrastive objectives remember: queues of keys, and the keys that wait to enter them."""
from __future__ import annotations

from typing import cast

import torch
from mmengine.dist import all_gather, get_world_size
from torch import Tensor, nn

from oadp_mm.layers.queue import FeatureQueue


class KeyMemory(nn.ModuleList):
    """One queue for the keys of all views, or one each for those of even and of odd number (MoBy).

    Keys wait until the step is done and then enter, from all processes in the order of their ranks;
    so all processes hold the same queues, and a repeated loss gives the same number.

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
        self._waiting: list[list[Tensor]] = [[] for _ in range(queues)]

    def queue(self, view: int) -> FeatureQueue:
        """The queue of the keys of one view."""
        return cast(FeatureQueue, self[view % len(self)])

    def remember(self, keys: Tensor, view: int) -> None:
        """Let `keys` (n, d) of one view wait for the end of the step.

        Raises:
            ValueError: the queue is shorter than the batch of all processes.
        """
        waiting, length = self._waiting[view % len(self)], len(self.queue(view).rows)
        count = len(keys) * get_world_size()
        if count > length:
            raise ValueError(f'a queue of {length} is shorter than a batch of {count} keys: set '
                             'queue_length to at least the batch size of all processes')
        waiting.append(keys.detach())
        # Steps that mixed precision skips, or a loss nobody steps on, must not pile up.
        while (len(waiting) - 1) * count >= length:
            waiting.pop(0)

    def after_step(self) -> None:
        """Put the waiting keys of all processes into the queues, the oldest first."""
        for view, waiting in enumerate(self._waiting):
            for keys in waiting:
                self.queue(view).push(torch.cat(all_gather(keys)))
            waiting.clear()
