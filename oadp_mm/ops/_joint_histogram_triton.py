"""Joint histograms on a CUDA device: one program counts the pixel pairs of two patches at a time.

A program adds to counters of its own in global memory, which the L2 cache holds: 256 KiB would not
fit the registers of `tl.histogram`. A counter that goes from c to c + 1 adds `T[c + 1] - T[c]` to
the sum, so no counter is read again; a second pass clears those that were met.
"""
from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

#: Pixels counted at once, 8 a thread: many atomics in flight hide the cache's latency.
_BLOCK, _WARPS = 4096, 16
#: One program waits at its barriers while another counts.
_PROGRAMS_PER_PROCESSOR = 2


# Sizes are no constants to the compiler: it would compile anew for each and cut loads to 16 bytes,
# which then cross shared memory to reach the threads that count.
@triton.jit(do_not_specialize=['i', 'j', 'n', 'pairs'])
def _joint_sums(x, y, step, counts, out, i, j, n, pairs, bins: tl.constexpr, block: tl.constexpr):
    program = tl.program_id(0)
    counts += program.to(tl.int64) * bins * bins
    for pair in range(program, pairs, tl.num_programs(0)):
        row = pair // j
        levels_x = x + row.to(tl.int64) * n
        levels_y = y + (row // i * j + pair % j).to(tl.int64) * n
        total = tl.zeros((block,), tl.int64)
        for start in range(0, n, block):
            pixel = start + tl.arange(0, block)
            inside = pixel < n
            code = tl.load(levels_x + pixel, inside).to(tl.int32) * bins
            code += tl.load(levels_y + pixel, inside)
            count = tl.atomic_add(counts + code, 1, inside, sem='relaxed')
            total += tl.load(step + count, inside, 0)
        tl.store(out + pair, tl.sum(total))
        tl.debug_barrier()  # all has been counted before the first counter is cleared
        for start in range(0, n, block):
            pixel = start + tl.arange(0, block)
            inside = pixel < n
            code = tl.load(levels_x + pixel, inside).to(tl.int32) * bins
            code += tl.load(levels_y + pixel, inside)
            tl.store(counts + code, 0, inside)
        tl.debug_barrier()  # all is clear before the next pair


def joint_sums(x: Tensor, y: Tensor, bins: int, table: Tensor, *,
               programs: int | None = None) -> Tensor:
    """`sum T[count]` over the joint histogram of each pair of patches.

    Args:
        x: uint8 (b, i, n), levels below `bins`, contiguous.
        y: uint8 (b, j, n), likewise.
        bins: levels, at most 256.
        table: int64 `T` (n + 1,) with `T[0] == 0`.
        programs: how many work side by side, each with 4 bins**2 bytes; two a multiprocessor.

    Returns:
        int64 (b, i, j).
    """
    (batch, i, n), j = x.shape, y.shape[1]
    if programs is None:
        device = torch.cuda.get_device_properties(x.device)
        programs = _PROGRAMS_PER_PROCESSOR * device.multi_processor_count
    pairs = batch * i * j
    out = torch.empty(batch, i, j, dtype=torch.long, device=x.device)
    counts = torch.zeros(min(programs, pairs), bins**2, dtype=torch.int32, device=x.device)
    with torch.cuda.device_of(x):  # Triton launches on the current device
        _joint_sums[(len(counts),)](x, y, table.diff(), counts, out, i, j, n, pairs, bins, _BLOCK,
                                    num_warps=_WARPS, num_stages=1)
    return out
