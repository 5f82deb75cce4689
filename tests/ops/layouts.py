"""Memory in another order, as permutes, crops and slices leave it."""
from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

#: Each returns the same (b, rows, columns), which then are not contiguous.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    'transposed': lambda x: x.mT.contiguous().mT,
    'batch last': lambda x: x.movedim(0, -1).contiguous().movedim(-1, 0),
    'every second column': lambda x: x.repeat_interleave(2, 2)[..., ::2],
    'every second row': lambda x: x.repeat_interleave(2, 1)[:, ::2],
    'every second image': lambda x: x.repeat_interleave(2, 0)[::2],
    'inside of a larger one': lambda x: F.pad(x, (3, 2, 1, 1), value=77)[:, 1:-1, 3:-2],
}
