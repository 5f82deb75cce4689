"""How the tools beside the training grow: proposals, neighbours, correspondences, probes.

    python benchmarks/offline_growth.py --data ../shared/data/coco128 [--only probe]

Each quantity is doubled three times, the others stay: a small ResNet-18 at 64 pixels, photos of the
data, the nuclei for probes, random features where a search is measured alone. Prints a table:
seconds of a core, MB at most beyond the input, both for each of the four sizes, and their exponents
(the slope of the logarithms): 1 is linear, 0 does not grow.
"""
from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1])]
os.environ.setdefault('OMP_NUM_THREADS', '1')  # a core is one thread

import cv2
import numpy as np
import torch

from benchmarks.own_process import taken_by
from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.proposals.image_list import ImageList, list_images
from oadp_mm.datasets.proposals.making import Task as ProposalTask
from oadp_mm.datasets.proposals.making import make_proposals
from oadp_mm.datasets.proposals.methods import SEARCHES, engine_of
from oadp_mm.datasets.proposals.workers import generator_of
from oadp_mm.discovery.correspondences import Filter, make_correspondences
from oadp_mm.discovery.correspondences import Task as CorrespondenceTask
from oadp_mm.discovery.encoder import Encoder
from oadp_mm.discovery.neighbours import Task as NeighbourTask
from oadp_mm.discovery.neighbours import make_neighbours
from oadp_mm.discovery.pairs import PAIR, write_pairs
from oadp_mm.files.growing_rows import GrowingRows
from oadp_mm.files.recipe import MEAN, STD
from oadp_mm.ops.neighbours import knn_accuracies, nearest_others
from oadp_mm.ops.region_pairs import kept_pairs
from oadp_mm.probes.backbones import random_backbone
from oadp_mm.probes.networks import Network
from oadp_mm.probes.probe import FAMILIES, Settings, plan, probe
from oadp_mm.probes.read_data import nuclei_data

DOUBLINGS = 1, 2, 4, 8


class Case(NamedTuple):
    what: str
    varied: str
    first: int
    #: What is measured at a size; the input is made when it is called with the size.
    prepare: Callable[[int], Callable[[], object]]


def proposals(images: ImageList, made: Path) -> Iterator[Case]:
    name = images.names[0]
    photo = read_image(images.folder / name)

    def of_pixels(method: str, thousands: int) -> Callable[[], object]:
        engine, side = engine_of(method, {}), round((thousands * 1000)**.5)
        engine.propose(photo[:64, :64].copy(), generator_of(0, name))  # compiles
        image = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
        return lambda: engine.propose(image, generator_of(0, name))

    for method in SEARCHES:
        yield Case(f'proposals of an image, {method}', 'thousand pixels', 80,
                   partial(of_pixels, method))
    yield Case('proposals, fast', 'images', 8, lambda count: lambda: make_proposals(
        ProposalTask(some(images, count), 'fast', SEARCHES['fast']), made / f'{count}.npz', 1))


def discovery(images: ImageList, made: Path, network: Network) -> Iterator[Case]:
    encoder, near = Encoder(network, 64), 4

    def neighbours_of(count: int, name: str) -> tuple[NeighbourTask, Path]:
        return (NeighbourTask(some(images, count), encoder, embedding='backbone',
                              neighbours=near), made / f'{name}-{count}.npz')

    def correspondences(count: int) -> Callable[[], object]:
        boxes = made / f'boxes-{count}.npz'
        make_proposals(ProposalTask(some(images, count), 'fast', SEARCHES['fast']), boxes, 1)
        found = make_neighbours(*neighbours_of(count, 'asked'), 1)
        task = CorrespondenceTask(some(images, count), encoder, found, boxes, Filter())
        return lambda: make_correspondences(task, made / f'pairs-{count}.npz', 1)

    yield Case('neighbours', 'images', 16, lambda count: lambda: make_neighbours(
        *neighbours_of(count, 'near'), 1))
    yield Case('correspondences', 'images', 8, correspondences)


def searches(made: Path, boxes: int = 40, near: int = 10) -> Iterator[Case]:
    """Random features: seconds and memory do not depend on what they are of."""
    generator = np.random.default_rng(0)

    def rows(count: int, channels: int = 256) -> torch.Tensor:
        return torch.from_numpy(generator.standard_normal((count, channels), np.float32))

    def neighbours(count: int) -> Callable[[], object]:
        bank = rows(count)
        return lambda: [nearest_others(bank[own], bank, own, near)
                        for own in torch.arange(count).split(2048)]

    def k_nn(count: int) -> Callable[[], object]:
        bank, labels, queries = rows(count), torch.arange(count) % 10, rows(500)
        return lambda: knn_accuracies(queries, torch.arange(500) % 10, bank, labels)

    def pairs(count: int, channels: int = 2048) -> Callable[[], object]:
        features = GrowingRows(made / f'{count}-rows', count * boxes, np.float16, channels)
        while features.done < count * boxes:
            features.append(rows(50 * boxes, channels).numpy() / channels**.5)
        found = GrowingRows(made / f'{count}-found', count * near * kept_pairs(boxes), PAIR)
        return lambda: write_pairs(
            features.mapped(), np.arange(count + 1) * boxes,
            generator.integers(0, count, (count, near), np.int32),
            np.arange(count + 1) * near * kept_pairs(boxes), found, 1)

    yield Case('search for neighbours', 'images', 2000, neighbours)
    yield Case('search for pairs of boxes', 'images', 250, pairs)
    yield Case('k-NN of 500 queries', 'rows of the bank', 8000, k_nn)


def probes(made: Path, network: Network) -> Iterator[Case]:
    whole, settings = nuclei_data(), Settings(size=64, seeds=1, statistics='own')

    def of(count: int, families: tuple[str, ...], cache: str) -> Callable[[], object]:
        train, test = (replace(part.some(range(size)), labels=tuple(i % 2 for i in range(size)))
                       for part, size in ((whole.train, count), (whole.test, count // 4)))
        task = replace(plan(replace(whole, train=train, test=test), FAMILIES), families=families)
        return lambda: probe(network, task, settings, made / cache, lambda what, done: None)

    def of_kept(family: str, count: int) -> Callable[[], object]:
        of(count, (), 'kept')()
        return of(count, (family,), 'kept')

    yield Case('probe: features', 'images', 48, lambda count: of(count, (), 'anew'))
    for name in FAMILIES:
        if name != 'svm':  # of several classes of boxes
            yield Case(f'probe: {name}', 'images', 48, partial(of_kept, name))


def some(images: ImageList, count: int) -> ImageList:
    return replace(images, names=images.names[:count])


def small_network() -> Network:
    config = {'type': 'ResNet', 'depth': 18, 'stem_channels': 16, 'base_channels': 16}
    return Network('random', random_backbone(config, 0), config,
                   {'mean': MEAN, 'std': STD, 'channels': 'RGB'}, {})


def exponent(sizes: list[int], values: list[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-2)), 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/data/coco128'),
                        help='folder with images/ (%(default)s)')
    parser.add_argument('--only', default='', help='measure what has this in its name')
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    logging.disable(logging.INFO)  # mmengine reports each tensor
    images, network = list_images(args.data / 'images'), small_network()
    print('| | varied | s of a core | exponent | MB | exponent |\n|---|---|---|---|---|---|')
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        for case in (*proposals(images, made), *discovery(images, made, network),
                     *searches(made), *probes(made, network)):
            if args.only not in case.what:
                continue
            sizes = [case.first * factor for factor in DOUBLINGS]
            seconds, megabytes = map(list, zip(*(taken_by(case.prepare(size)) for size in sizes),
                                               strict=True))
            print(f'| {case.what} | {case.varied} {", ".join(map(str, sizes))} '
                  f'| {", ".join(f"{value:.2f}" for value in seconds)} '
                  f'| {exponent(sizes, seconds):.2f} '
                  f'| {", ".join(f"{value:.0f}" for value in megabytes)} '
                  f'| {exponent(sizes, megabytes):.2f} |', flush=True)


if __name__ == '__main__':
    main()
