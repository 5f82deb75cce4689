"""What the number of gray-level bins does to matching by mutual information (O-12).

    python benchmarks/matching_bins.py [--pairs 60]

On photos that scikit-image ships, crops only. For each number of bins: how many different large
patches a pool of small ones picks, how often the pick is simply the large patch of highest entropy,
and, with both views the same image, how often the picked large patch contains the small one,
beside what picking at random would give. A tiny sample: a check of direction, not a result.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path[:0] = [str(Path(__file__).parents[1])]

from benchmarks.photos import gray_pairs
from oadp_mm.models.selectors.patch_selector import PatchSelector
from oadp_mm.ops.objectness import patch_scores

BINS = (16, 32, 64, 128, 256)


def contains(selector: PatchSelector, small, large):
    """Whether the large patch covers the small one, both views being the same image."""
    sides = [selector.grid + 1 - span for span in selector.spans]
    down, right = small // sides[0] - large // sides[1], small % sides[0] - large % sides[1]
    reach = selector.spans[1] - selector.spans[0]
    return (down >= 0) & (down <= reach) & (right >= 0) & (right <= reach)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--pairs', type=int, default=60)
    first, second = gray_pairs(parser.parse_args().pairs)
    print(f'{len(first)} pairs of views; per pool of 24 small patches:')
    print('bins  different matches  highest-entropy match  own patch found')
    for bins in BINS:
        selector = PatchSelector(grid=7, k=24, num_bins=bins)
        large = selector([first, second]).large
        different = torch.tensor([len(row.unique()) for row in large]).double().mean()
        pool = selector.pool(second, 2)
        entropies = patch_scores(second, span=2, gamma=0).gather(1, pool)
        highest = pool.gather(1, entropies.argmax(1, keepdim=True))
        same = selector([first, first])
        found = contains(selector, same.small, same.large).double().mean()
        print(f'{bins:4d}  {different:17.1f}  {(large == highest).double().mean():20.0%}'
              f'  {found:15.0%}')
    every = contains(selector, same.small[:, :, None], selector.pool(first, 2)[:, None])
    print(f'picked at random: own patch found {every.double().mean():.0%}')


if __name__ == '__main__':
    main()
