"""Neighbours and correspondences: forward passes and seconds beside the released code's way.

    python benchmarks/correspondences.py --data ../shared/data/coco128
"""
from __future__ import annotations

import argparse
import logging
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')  # a core is one thread

import numpy as np
import torch

from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.datasets.proposals.making import Task as ProposalTask
from oadp_mm.datasets.proposals.making import make_proposals
from oadp_mm.datasets.proposals.methods import engine_of
from oadp_mm.discovery.box_features import square
from oadp_mm.discovery.correspondences import Filter, Task, make_correspondences
from oadp_mm.discovery.encoder import Encoder
from oadp_mm.discovery.neighbours import Task as NeighbourTask
from oadp_mm.discovery.neighbours import make_neighbours
from oadp_mm.files.correspondences import Correspondences
from oadp_mm.files.recipe import MEAN, STD
from oadp_mm.ops.region_pairs import best_pairs, kept_pairs
from oadp_mm.probes.backbones import random_backbone
from oadp_mm.probes.networks import Network

#: Images that are done as the released code does them.
SAMPLE = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/data/coco128'),
                        help='folder with images/ (%(default)s)')
    parser.add_argument('--depth', type=int, default=18, help='of the ResNet (%(default)s)')
    parser.add_argument('--size', type=int, default=224, help='of boxes in pixels (%(default)s)')
    args = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable(logging.INFO)  # mmengine reports each tensor
    config = {'type': 'ResNet', 'depth': args.depth}
    network = Network('random', random_backbone(config, 0), config,
                      {'mean': MEAN, 'std': STD, 'channels': 'RGB'}, {})
    with tempfile.TemporaryDirectory() as made:
        beside_the_release(args.data / 'images', Encoder(network, args.size), Path(made))


def beside_the_release(folder: Path, encoder: Encoder, made: Path) -> None:
    images, threads = list_images(folder), os.cpu_count() or 1
    make_proposals(ProposalTask(images, 'fast', engine_of('fast', {})), made / 'p.npz', threads)
    near, seconds = _timed(lambda: make_neighbours(
        NeighbourTask(images, encoder, embedding='backbone'), made / 'n.npz', threads))
    print(f'{len(near)} images, boxes of {encoder.size} px, {threads} threads that read')
    print(f'neighbours: {len(near)} forward passes, {seconds:.1f} s')
    task = Task(images, encoder, near, made / 'p.npz', Filter())
    found, seconds = _timed(lambda: make_correspondences(task, made / 'c.npz', threads))
    boxes = np.diff(found.offsets)
    print(f'correspondences: {boxes.sum()} forward passes, {boxes.mean():.1f} an image '
          f'({boxes.min()} to {boxes.max()}), {seconds:.1f} s, {seconds / len(near):.3f} s an '
          f'image; features {boxes.sum() * encoder.channels * 2 / 1e6:.1f} MB on the disk')
    theirs = boxes + boxes[found.neighbours].sum(1)
    _, taken = _timed(lambda: [_as_released(i, found, folder, encoder)
                               for i in _sample(len(found))])
    asked = theirs[_sample(len(found))].sum()
    print(f'as released: {theirs.sum()} forward passes, {theirs.mean():.1f} an image, '
          f'{theirs.sum() / boxes.sum():.1f} times as many; {SAMPLE} images with {asked} took '
          f'{taken:.1f} s, which makes {taken / asked * theirs.mean():.3f} s an image')


def _sample(images: int) -> list[int]:
    return [i * images // SAMPLE for i in range(SAMPLE)]


def _as_released(image: int, found: Correspondences, folder: Path, encoder: Encoder) -> None:
    """Boxes of an image and of each neighbour cut and embedded for this image; none is kept."""
    def rows(number: int) -> np.ndarray:
        pixels = read_image(folder / str(found.names[number]))
        cut = np.stack([square(pixels, box, encoder.size) for box in found.boxes_of(number)])
        return torch.cat([encoder(part) for part in torch.from_numpy(cut).split(64)]).numpy()

    own = rows(image)
    for other in found.neighbours[image].tolist():
        best_pairs(own @ rows(other).T, kept_pairs(len(own)))


def _timed(work: Callable[[], object]):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == '__main__':
    main()
