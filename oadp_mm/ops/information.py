"""Entropy and mutual information of gray levels (eq. 2-4), exact to the last tie.

With ``S = sum c log2 c`` over the counts of a histogram of ``n`` pixels the entropy is
``log2 n - S / n``. Each ``c log2 c`` is looked up in fixed point, so ``S`` is a sum of integers: it
does not depend on the order of summation, and CPU and GPU agree on which patch is the best match.
"""
from __future__ import annotations

import functools
import math

import torch
from jaxtyping import Float64, Int64, Shaped
from torch import Tensor

#: Bits after the binary point; a million pixels fit an int64, the entropy's error is below 1e-10.
_FRACTION_BITS = 36
#: Counters of joint histograms held at once on an accelerator: 256 MiB as int32, and four times as
#: much again while they are looked up.
_MAX_COUNTERS = 1 << 26


@functools.lru_cache(maxsize=16)
def _c_log2_c(n: int, device: torch.device) -> Int64[Tensor, ' n1']:
    """Table of ``round(c log2 c * 2**36)`` for c = 0..n, computed on the CPU for every device."""
    counts = torch.arange(n + 1, dtype=torch.float64)
    return torch.special.xlogy(counts, counts).div(math.log(2)).mul(
        1 << _FRACTION_BITS).round().long().to(device)


def entropy(counts: Int64[Tensor, '*b bins']) -> Float64[Tensor, '*b']:
    """Shannon entropy in bits of histograms that all count the same number of samples.

    Args:
        counts: non-negative counts along the last axis, with equal, positive sums.
    """
    n = int(counts.sum(-1).flatten()[0])
    total = _c_log2_c(n, counts.device)[counts].sum(-1)
    return math.log2(n) - total.double() / (n << _FRACTION_BITS)


@torch.no_grad()
def mutual_information(x: Shaped[Tensor, 'b i n'], y: Shaped[Tensor, 'b j n'], *,
                       bins: int = 256) -> Float64[Tensor, 'b i j']:
    """Mutual information of every pair of patches of an image pair, in bits (eq. 3-4).

    ``M = H(X) + H(Y) - H(X, Y)`` from the joint histogram over the ``n`` pixel pairs.

    Args:
        x: uint8 gray levels of ``i`` patches of ``n`` pixels.
        y: uint8 gray levels of ``j`` patches of ``n`` pixels.
        bins: number of equal gray-level bins, 2..256; 256 is the paper's.

    Raises:
        TypeError: the gray levels are not uint8.
        ValueError: shapes do not agree, a size is zero, or ``bins`` is out of range.
    """
    if x.dtype != torch.uint8 or y.dtype != torch.uint8:
        raise TypeError(f'gray levels must be uint8, got {x.dtype} and {y.dtype}')
    if not 2 <= bins <= 256:
        raise ValueError(f'bins must lie in 2..256, got {bins}')
    if (x.ndim != 3 or y.ndim != 3 or len(x) != len(y) or x.shape[2] != y.shape[2]
            or 0 in x.shape or 0 in y.shape):
        raise ValueError('expected non-empty patches (b, i, n) and (b, j, n) of one batch and '
                         f'pixel count, got {tuple(x.shape)} and {tuple(y.shape)}')
    n = x.shape[2]
    x, y = ((levels.int() * bins // 256).to(torch.uint8).contiguous() for levels in (x, y))
    table = _c_log2_c(n, x.device)
    joint = _joint_sums_cpu if x.device.type == 'cpu' else _joint_sums
    own_x, own_y = (_own_sums(levels, bins, table) for levels in (x, y))
    gain = joint(x, y, bins, table) - own_x[:, :, None] - own_y[:, None, :]
    return math.log2(n) + gain.double() / (n << _FRACTION_BITS)


def _own_sums(levels: Tensor, bins: int, table: Tensor) -> Tensor:
    """``sum c log2 c`` of the histogram of each patch."""
    counts = levels.new_zeros((*levels.shape[:2], bins), dtype=torch.long)
    return table[counts.scatter_add_(2, levels.long(), torch.ones_like(levels, dtype=torch.long))
                 ].sum(-1)


def _joint_sums_cpu(x: Tensor, y: Tensor, bins: int, table: Tensor) -> Tensor:
    """``sum c log2 c`` of the joint histogram of each pair: the compiled loop."""
    from ._joint_histogram import joint_sums
    return torch.from_numpy(joint_sums(x.numpy(), y.numpy(), bins, table.numpy(),
                                       threads=torch.get_num_threads()))


def _joint_sums(x: Tensor, y: Tensor, bins: int, table: Tensor) -> Tensor:
    """The same on any device, in chunks of bounded memory."""
    batch, i, j = *x.shape[:2], y.shape[1]
    out = torch.empty(batch * i, j, dtype=torch.long, device=x.device)
    rows = max(1, _MAX_COUNTERS // (j * bins**2))
    image = torch.arange(batch, device=x.device).repeat_interleave(i)
    flat = x.flatten(0, 1)
    for start in range(0, batch * i, rows):
        chunk = slice(start, start + rows)
        code = flat[chunk, None].long() * bins + y[image[chunk]]
        counts = torch.zeros(*code.shape[:2], bins**2, dtype=torch.int32, device=x.device)
        counts.scatter_add_(2, code, torch.ones_like(code, dtype=torch.int32))
        out[chunk] = table[counts.long()].sum(-1)
    return out.view(batch, i, j)
