"""How far apart in the image the patches lie that each way of matching pairs (O-33).

    python benchmarks/matching_places.py [--images 128] [--seed 0]

On the nuclei in the mild views of their pretraining, which do not move what a view shows: the mean
distance of the centres of a small patch and its match, in diagonals of the image. `overlap` shows
how near a match could be.
"""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path[:0] = [str(Path(__file__).parents[1])]

from mmengine.config import Config
from mmengine.dataset import default_collate
from mmengine.registry import DATASETS, init_default_scope
from mmengine.runner import set_random_seed

from oadp_mm.files.configs import find_config
from oadp_mm.models import PatchSelector, ViewsDataPreprocessor
from oadp_mm.ops.overlap import patch_corners

CONFIG = 'oadp_resnet18-w32-d16_1xb64-coslr-60e_nuclei-112x112'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--images', type=int, default=128)
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    config = Config.fromfile(find_config(CONFIG))
    init_default_scope('mmpretrain')
    set_random_seed(args.seed)
    dataset = DATASETS.build(config.train_dataloader.dataset)
    batch = default_collate([dataset[i] for i in range(min(args.images, len(dataset)))])
    diagonals = torch.tensor([sample.ori_shape for sample in batch['data_samples']]).double().norm(
        dim=1, keepdim=True)
    data = ViewsDataPreprocessor(gray=True, windows=True)(batch)
    print(f'{len(diagonals)} pairs of views; centres of a pair are apart, in diagonals:')
    for matching in ('mutual_information', 'random', 'overlap'):
        selector = PatchSelector(stride=config.model.selector.stride, matching=matching)
        pairs = selector(data['gray'], windows=data['windows'])
        centres = []
        for view, span in enumerate(selector.spans):
            corners, sides = patch_corners(data['windows'][:, view], pairs[view], pairs.grid, span)
            centres.append((corners + sides[:, None] / 2) / pairs.grid)
        apart = (centres[0] - centres[1]).norm(dim=2) / diagonals
        print(f'{matching:18}  {apart.mean():.3f}')


if __name__ == '__main__':
    main()
