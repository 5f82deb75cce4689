"""Selection and matching of one pair of views on one core, against loops from the paper.

    python benchmarks/selection.py [--pairs 16] [--runs 7]
    python benchmarks/selection.py --device cuda --pairs 256

Prints the median milliseconds of a core that a pair takes both, from this process, whether their
choices agree, and what is the least: one counter incremented for each of its pixel pairs.
The loops are the tests' references (tests/oracles): scikit-image's entropy and scikit-learn's
mutual information, patch by patch. On a GPU all pairs are one batch, and its kernel for the mutual
information is set beside the chunks of scatter_add that other devices count in: milliseconds a
batch, the memory taken beside the views, and whether the CPU chooses the same.
"""
from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
import torch
from torch import Tensor

sys.path[:0] = [str(Path(__file__).parents[1])]

from benchmarks.photos import gray_pairs
from oadp_mm.models.selectors.patch_selector import PatchSelector
from oadp_mm.ops import information
from tests.oracles import matching, objectness


def from_the_paper(small, large, grid: int, k: int, gamma: float) -> tuple[list[int], list[int]]:
    """Pools by the raster scan, matches by comparing every pair of patches."""
    pools = []
    for view, span in ((small, 1), (large, 2)):
        scores = objectness.patch_scores(view, grid, span, gamma)
        pool = objectness.prominent_pool(scores, k)
        pools.append(sorted(pool, key=lambda patch, scores=scores: (-scores[patch], patch)))
    table = matching.information_table(small, large, *pools, grid, 1, 2)
    return pools[0], [pools[1][j] for j in matching.first_best(table)]


@numba.njit
def increments(code, counts, times):
    for _ in range(times):
        for t in range(len(code)):
            counts[code[t]] += np.uint16(1)


def of_a_core(work: Callable):
    """Its milliseconds, whatever else the machine does, and its result."""
    start = time.process_time()
    result = work()
    return (time.process_time() - start) * 1e3, result


def on_a_gpu(small: Tensor, large: Tensor, runs: int) -> None:
    selector = PatchSelector(grid=7, k=24)
    expected = selector([small, large])
    views = [small.cuda(), large.cuda()]
    print(f'selection and matching of {len(small)} pairs, {torch.cuda.get_device_name()}')
    ways = {'kernel': information._counter, 'chunks': lambda device: information._joint_sums}
    for name, way in ways.items():
        information._counter = way
        chosen = selector(views)  # compiles
        equal = all(torch.equal(a, b.cpu()) for a, b in zip(expected[:2], chosen[:2], strict=True))
        held = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        times = []
        for _ in range(runs):
            torch.cuda.synchronize()
            start = time.perf_counter()
            selector(views)
            torch.cuda.synchronize()
            times.append((time.perf_counter() - start) * 1e3)
        taken = (torch.cuda.max_memory_allocated() - held) / 2**20
        print(f'  {name:8}{statistics.median(times):8.1f} ms a batch (median of {runs}), '
              f'{taken:.0f} MiB, {"the same" if equal else "NOT the same"} choices as the CPU')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--pairs', type=int, default=16)
    parser.add_argument('--runs', type=int, default=7)
    parser.add_argument('--device', choices=['cpu', 'cuda'], default='cpu')
    args = parser.parse_args()
    small, large = gray_pairs(args.pairs)
    if args.device == 'cuda':
        on_a_gpu(small, large, args.runs)
        return
    torch.set_num_threads(1)
    selector = PatchSelector(grid=7, k=24)
    selector([small, large])  # compiles

    code = np.random.default_rng(0).integers(1 << 14, size=64**2, dtype=np.uint16)
    increments(code, np.zeros(1 << 14, np.uint16), 1)  # compiles

    ours, least, loops, equal = [], [], [], 0
    for _ in range(args.runs):
        spent, chosen = of_a_core(lambda: selector([small, large]))
        ours.append(spent / args.pairs)
        least.append(of_a_core(lambda: increments(code, np.zeros(1 << 14, np.uint16),
                                                  selector.k**2))[0])
    for index in range(min(args.pairs, args.runs)):
        spent, expected = of_a_core(lambda index=index: from_the_paper(
            small[index].numpy(), large[index].numpy(), selector.grid, selector.k, selector.gamma))
        loops.append(spent)
        equal += expected == (chosen.small[index].tolist(), chosen.large[index].tolist())
    mine, theirs = statistics.median(ours), statistics.median(loops)
    print(f'selection and matching, 224x224, grid 7, k {selector.k}, 256 bins, one core')
    print(f'  oadp_mm          {mine:8.1f} ms a pair (median of {len(ours)})')
    print(f'  increments alone {statistics.median(least):8.1f} ms a pair: '
          f'{selector.k**2 * code.size / 1e6:.2f} million counted, nothing read or cleared')
    print(f'  loops            {theirs:8.1f} ms a pair (median of {len(loops)})')
    print(f'  ratio            {theirs / mine:8.0f}')
    print(f'  equal choices    {equal} of {len(loops)} pairs')


if __name__ == '__main__':
    main()
