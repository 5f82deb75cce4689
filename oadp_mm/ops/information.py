"""Entropy and mutual information of gray levels (eq. 2-4), exact to the last tie.

With `S = sum c log2 c` over the counts of a histogram of `n` pixels the entropy is
`log2 n - S / n`. Each `c log2 c` is looked up in fixed point, so `S` is a sum of integers: it
does not depend on the order of summation, and CPU and GPU agree on which patch is the best match.
"""
from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from subprocess import SubprocessError  # Triton's, of a compiler that fails

import torch
from jaxtyping import Float64, Int64, Shaped
from torch import Tensor

from oadp_mm.ops.histograms import count

#: Bits after the binary point; a million pixels fit an int64, the entropy's error is below 1e-10.
_FRACTION_BITS = 36
#: Bytes that counting without a compiled loop takes at once: with the patches below 1 GiB.
_CHUNK_BYTES = 1 << 29


@functools.lru_cache(maxsize=16)
def _c_log2_c(n: int, device: torch.device) -> Int64[Tensor, ' n1']:
    """Table of `round(c log2 c * 2**36)` for c = 0..n, computed on the CPU for every device."""
    counts = torch.arange(n + 1, dtype=torch.float64)
    return torch.special.xlogy(counts, counts).div(math.log(2)).mul(
        1 << _FRACTION_BITS).round().long().to(device)


def entropy(counts: Int64[Tensor, '*b bins'], n: int) -> Float64[Tensor, '*b']:
    """Shannon entropy in bits of histograms that all count the same number of samples.

    Args:
        counts: non-negative counts along the last axis.
        n: their sum, positive. An argument, since a device would have to be waited for.
    """
    # Indexing by [] takes three times as long.
    terms = _c_log2_c(n, counts.device).index_select(0, counts.flatten()).view_as(counts)
    return math.log2(n) - terms.sum(-1).double() / (n << _FRACTION_BITS)


@torch.no_grad()
def mutual_information(x: Shaped[Tensor, 'b i n'], y: Shaped[Tensor, 'b j n'], *,
                       bins: int = 256) -> Float64[Tensor, 'b i j']:
    """Mutual information of every pair of patches of an image pair, in bits (eq. 3-4).

    `M = H(X) + H(Y) - H(X, Y)` from the joint histogram over the `n` pixel pairs.

    Args:
        x: uint8 gray levels of `i` patches of `n` pixels.
        y: uint8 gray levels of `j` patches of `n` pixels.
        bins: number of equal gray-level bins, 2..256; 256 is the paper's.

    Raises:
        TypeError: the gray levels are not uint8.
        ValueError: shapes do not agree, a size is zero, or `bins` is out of range.
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
    if bins < 256:
        x, y = ((levels.int().mul_(bins) >> 8).to(torch.uint8) for levels in (x, y))
    x, y = x.contiguous(), y.contiguous()
    joint, table = _counter(x.device), _c_log2_c(n, x.device)
    # A patch's own histogram is the joint one with a flat patch.
    flat = torch.zeros_like(x[:, :1])
    gain = joint(x, y, bins, table) - joint(x, flat, bins, table) - joint(flat, y, bins, table)
    return math.log2(n) + gain.double() / (n << _FRACTION_BITS)


def _counter(device: torch.device) -> Callable[[Tensor, Tensor, int, Tensor], Tensor]:
    """What computes `sum c log2 c` of the joint histogram of each pair of patches."""
    if device.type == 'cpu':
        return _joint_sums_cpu
    if device.type == 'cuda' and _has_triton():
        from oadp_mm.ops._joint_histogram_triton import joint_sums
        return joint_sums
    return _joint_sums


@functools.cache
def _has_triton() -> bool:
    """Whether Triton can launch kernels: not every torch brings it, and it needs a C compiler."""
    try:
        from triton.runtime import driver
        return driver.active.get_current_target().backend == 'cuda'
    except (ImportError, AttributeError, OSError, RuntimeError, SubprocessError) as error:
        warnings.warn('the kernel of the mutual information cannot be launched by Triton, and '
                      f'counting without it takes many times as long: {error}', stacklevel=2)
        return False


def _joint_sums_cpu(x: Tensor, y: Tensor, bins: int, table: Tensor) -> Tensor:
    """The compiled loop."""
    from oadp_mm.ops._joint_histogram import joint_sums
    return torch.from_numpy(joint_sums(x.numpy(), y.numpy(), bins, table.numpy(),
                                       threads=torch.get_num_threads()))


def _joint_sums(x: Tensor, y: Tensor, bins: int, table: Tensor) -> Tensor:
    """The same on any device, in chunks of bounded memory."""
    (batch, i, n), j = x.shape, y.shape[1]
    x_rows, y_rows = x.flatten(0, 1), y.flatten(0, 1)

    def sums(pair: Tensor) -> Tensor:
        row = pair // j
        code = x_rows[row].long().mul_(bins).add_(y_rows[row // i * j + pair % j])
        counts = count(code, bins**2, torch.int32)
        # Indexing by [] would want the counters as int64 once more.
        return table.index_select(0, counts.flatten()).view_as(counts).sum(-1)

    # A pair holds int32 counters, their int64 terms, an int64 code a pixel and a level or two.
    size = max(1, _CHUNK_BYTES // (12 * bins**2 + 10 * n))
    pairs = torch.arange(batch * i * j, device=x.device)
    return torch.cat([sums(chunk) for chunk in pairs.split(size)]).view(batch, i, j)
