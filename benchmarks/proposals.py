"""Object proposals: seconds of a core an image, recall, what a second process gains, and the
seconds and memory of a file of many images.

    python benchmarks/proposals.py --data ../shared/data/coco128
"""
from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]
os.environ.setdefault('OMP_NUM_THREADS', '1')  # a core is one thread

import cv2
import numpy as np

from benchmarks.own_process import taken_by
from oadp_mm.datasets.image_files import read_image
from oadp_mm.datasets.labelled.coco_layout import annotation_files
from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.datasets.proposals.making import Task, join_parts, make_proposals
from oadp_mm.datasets.proposals.methods import OPENCV, SEARCHES, engine_of
from oadp_mm.datasets.proposals.workers import generator_of
from oadp_mm.datasets.transforms import LoadProposals
from oadp_mm.files.proposal_file import read_proposals, write_proposals
from oadp_mm.files.proposals import Proposals
from oadp_mm.probes.proposal_recall import HEADER, annotated, recall_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--data', type=Path, default=Path('../shared/data/coco128'),
                        help='folder with images/ and annotations/ (%(default)s)')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    images = list_images(args.data / 'images')
    jsons = [path for path in annotation_files(args.data / 'annotations') or () if path]
    methods = [*SEARCHES, *[OPENCV] * hasattr(cv2, 'ximgproc')]
    if OPENCV not in methods:
        print(f'OpenCV {cv2.__version__} has no ximgproc: its row is left out')
    print(f'{len(images.names)} images of {args.data.name}; seconds of a core an image: median, '
          'mean; of reading')
    for method in methods:
        row(method, images, jsons)
    processes(images)
    many(images)


def row(method: str, images, jsons: list[Path]) -> None:
    engine, found, sizes, seconds, reading = engine_of(method, {}), [], [], [], []
    for name in (images.names[0], *images.names):  # the first one compiles
        start = time.process_time()
        image = read_image(images.folder / name)
        read = time.process_time()
        found.append(engine.propose(image, generator_of(0, name)))
        sizes.append(image.shape[:2])
        seconds.append(time.process_time() - read)
        reading.append(read - start)
    found, sizes = found[1:], sizes[1:]
    print(f'{method}: {np.median(seconds[1:]):.3f}, {np.mean(seconds[1:]):.3f}; '
          f'{np.mean(reading[1:]):.3f}')
    proposals = Proposals(names=np.array(images.names), sizes=np.array(sizes, np.int32),
                          lengths=np.array(images.lengths),
                          offsets=np.cumsum([0, *map(len, found)]), meta={},
                          boxes=np.concatenate(found))
    objects = [image for path in jsons
               for image in annotated(proposals, path, images.folder)[0]]
    for figures in (HEADER, *recall_rows(proposals, objects)):
        print('  ' + ''.join(f'{word:<28}' if not i else f'{word:>13}'
                             for i, word in enumerate(figures)))


def processes(images) -> None:
    """The whole command's work, files included; each image three times, as it would be short.

    By the clock: nothing else may run."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, 'images')
        for turn in range(3):
            (folder / str(turn)).mkdir(parents=True)
            for name in images.names:
                os.symlink((images.folder / name).resolve(),
                           folder / str(turn) / name.replace('/', '-'))
        task, taken = Task(list_images(folder), 'fast', SEARCHES['fast']), []
        for count in (1, 2):
            start = time.perf_counter()
            make_proposals(task, Path(made, f'{count}.npz'), count)
            taken.append(time.perf_counter() - start)
        same = Path(made, '1.npz').read_bytes() == Path(made, '2.npz').read_bytes()
        print(f'fast, {len(task.images.names)} images: 1 process {taken[0]:.1f} s, 2 processes '
              f'{taken[1]:.1f} s, {taken[0] / taken[1]:.2f} times as fast; the same bytes: {same}')


def many(images, times: int = 100) -> None:
    """A file of the images so many times over, its seconds and memory beyond those at the start."""
    with tempfile.TemporaryDirectory() as made:
        part, out = Path(made, 'part.npz'), Path(made, 'whole.npz')
        make_proposals(Task(images, 'fast', SEARCHES['fast']), part, 1)
        once, parts = read_proposals(part), []
        for turn in range(times):
            parts.append(Path(made, f'{turn}.npz'))
            write_proposals(parts[-1], replace(
                once, names=np.array([f'{turn}/{name}' for name in images.names])))
        print(f'{times * len(once)} images with {times * once.boxes.nbytes / 1e6:.0f} MB of boxes:')
        _measure('joining the parts', lambda: join_parts(parts, out, lambda done: None))
        _measure('reading for a training', lambda: LoadProposals(out))
        print(f'{out.stat().st_size / 1e6:.0f} MB in the file')


def _measure(what: str, work: Callable[[], object]) -> None:
    seconds, megabytes = taken_by(work)
    print(f'{what}: {seconds:.1f} s of a core, {megabytes:.0f} MB at most')


if __name__ == '__main__':
    main()
