"""The queue of past keys that contrastive methods take their negatives from (MoCo, section 3.2)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class FeatureQueue(nn.Module):
    """First in, first out, with room for a fixed number of unit vectors; part of checkpoints.

    It starts full of random directions, as MoCo's does.

    Args:
        length: how many rows it holds.
        channels: width of a row.

    Raises:
        ValueError: `length` or `channels` below 1.
    """

    rows: Tensor
    pointer: Tensor

    def __init__(self, length: int, channels: int) -> None:
        super().__init__()
        if not isinstance(length, int) or length < 1 or channels < 1:
            raise ValueError('a queue needs a length and channels of at least 1, in integers, got '
                             f'{length} and {channels}')
        self.register_buffer('rows', F.normalize(torch.randn(length, channels), dim=1))
        self.register_buffer('pointer', torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def push(self, keys: Float[Tensor, 'n d']) -> None:
        """Replace the `n` oldest rows by `keys`, normalised; wraps around at the end.

        Nothing is read back from the device, so a step on a GPU does not wait for it.

        Raises:
            ValueError: more keys than the queue holds.
        """
        length = len(self.rows)
        if len(keys) > length:
            raise ValueError(f'a queue of {length} is shorter than a batch of {len(keys)} keys: '
                             'set queue_length to at least the batch size of all processes')
        place = (self.pointer + torch.arange(len(keys), device=self.rows.device)) % length
        self.rows.index_copy_(0, place, F.normalize(keys.to(self.rows), dim=1))
        self.pointer.copy_((self.pointer + len(keys)) % length)
