"""Bytes of tensors alive, where torch has no counter of its own: on the CPU and on `meta`."""
from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class PeakMemory(TorchDispatchMode):
    """The most bytes that distinct tensor storages held at once, after any operation.

    What an operation uses inside itself is not seen.

    Args:
        *before: modules, tensors or nests of them that are alive already.
    """

    def __init__(self, *before: Any) -> None:
        super().__init__()
        self.alive: dict[int, int] = {}
        self.peak = 0
        for item in before:
            self._meet([*item.parameters(), *item.buffers()]
                       if isinstance(item, torch.nn.Module) else item)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        self._meet(out)
        return out

    def _meet(self, nest: Any) -> None:
        for leaf in tree_leaves(nest):
            if isinstance(leaf, Tensor):
                storage = leaf.untyped_storage()
                if storage._cdata not in self.alive:
                    self.alive[storage._cdata] = storage.nbytes()
                    weakref.finalize(storage, self.alive.pop, storage._cdata)
        self.peak = max(self.peak, sum(self.alive.values()))
