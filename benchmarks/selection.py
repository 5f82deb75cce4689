"""Selection and matching of one pair of views on one core, against loops from the paper.

    python benchmarks/selection.py [--pairs 16] [--runs 7]

Prints the median milliseconds a pair of both, from this process, and whether their choices agree.
The loops are the tests' references (tests/oracles): scikit-image's entropy and scikit-learn's
mutual information, patch by patch.
"""
from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch

sys.path[:0] = [str(Path(__file__).parents[1])]

from benchmarks.photos import gray_pairs
from oadp_mm.models.selectors.patch_selector import PatchSelector
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--pairs', type=int, default=16)
    parser.add_argument('--runs', type=int, default=7)
    args = parser.parse_args()
    torch.set_num_threads(1)
    selector = PatchSelector()
    small, large = gray_pairs(args.pairs)
    selector([small, large])  # compiles

    ours = []
    for _ in range(args.runs):
        start = time.perf_counter()
        chosen = selector([small, large])
        ours.append((time.perf_counter() - start) / args.pairs * 1e3)
    loops, equal = [], 0
    for index in range(min(args.pairs, args.runs)):
        start = time.perf_counter()
        expected = from_the_paper(small[index].numpy(), large[index].numpy(), selector.grid,
                                  selector.k, selector.gamma)
        loops.append((time.perf_counter() - start) * 1e3)
        equal += expected == (chosen.small[index].tolist(), chosen.large[index].tolist())
    mine, theirs = statistics.median(ours), statistics.median(loops)
    print(f'selection and matching, 224x224, grid 7, k {selector.k}, 256 bins, one core')
    print(f'  oadp_mm          {mine:8.1f} ms a pair (median of {len(ours)})')
    print(f'  loops            {theirs:8.1f} ms a pair (median of {len(loops)})')
    print(f'  ratio            {theirs / mine:8.0f}')
    print(f'  equal choices    {equal} of {len(loops)} pairs')


if __name__ == '__main__':
    main()
