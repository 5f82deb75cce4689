"""Our methods beside lightly's and mmpretrain's, on the same images, backbone and batch.

    python benchmarks/peers.py [--images FOLDER] [--backbone resnet18] [--size 128] [--batch 32]
        [--rounds 3] [--threads 1] [--methods BYOL OADP DenseCL] [--lightly-python PYTHON]

BYOL and DenseCL of lightly 1.6, of mmpretrain and of oadp_mm, and OADP, on the CPU in float32. Each
is a process of its own, since lightly has an environment of its own, made in work_dirs/peers unless
--lightly-python names one; they take turns while the others wait. Of each:

- images a second of a whole training step (forward, backward, SGD with momentum, target) on one
  fixed batch of views, the same for all;
- milliseconds of a core for two views of a JPEG, decoded and normalised, by the package's own
  transforms for the method, on FOLDER's JPEGs or on the photos that scikit-image ships;
- the most memory that training took: what the process had beyond its idle self.

All start from the same weights, so the first gradients of one method have one norm, and their
losses fall; what does not is told below the table.
"""
from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import isfinite
from pathlib import Path

import torch
from mmengine.runner import set_random_seed

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.input_pipeline import write_photos
from benchmarks.peer_openmmlab import FAST, QUEUE, WIDTHS, build, switch
from benchmarks.peer_process import LIGHTLY, Process, lightly_python, run

METHODS = 'BYOL', 'OADP', 'DenseCL'


@dataclass
class Row:
    """A method of a package and what was measured of it, a figure a round.

    Attributes:
        base: the method whose row of mmpretrain times are held against.
        module: that builds it, and by which name.
        seconds: of a step.
        data: seconds of a core of two views, mean of a round's files.
        size: the most bytes that training took.
        checks: see `Worker.checks`.
    """

    method: str
    package: str
    base: str
    module: str
    name: str
    seconds: list[float] = field(default_factory=list)
    data: list[float] = field(default_factory=list)
    size: float = float('nan')
    checks: dict = field(default_factory=dict)

    def measure(self, process: Process, files: list[str]) -> None:
        step, views = process.ask('steps', 1), process.ask('files', files)
        self.seconds += step['seconds']
        self.data.append(statistics.mean(views['seconds']))
        self.size = step['bytes']


def rows(methods: Collection[str]) -> list[Row]:
    """Those of some methods, and of mmpretrain's that their times are held against."""
    fast = f'oadp_mm, {switch().arithmetic}'
    listed = [
        Row('BYOL', 'lightly', 'BYOL', 'peer_lightly', 'BYOL'),
        Row('BYOL', 'mmpretrain', 'BYOL', 'peer_openmmlab', 'mmpretrain BYOL'),
        Row('BYOL', 'oadp_mm', 'BYOL', 'peer_openmmlab', 'BYOL'),
        Row('BYOL', fast, 'BYOL', 'peer_openmmlab', 'BYOL' + FAST),
        Row('OADP', 'oadp_mm', 'BYOL', 'peer_openmmlab', 'OADP'),
        Row('OADP', fast, 'BYOL', 'peer_openmmlab', 'OADP' + FAST),
        Row('DenseCL', 'lightly', 'DenseCL', 'peer_lightly', 'DenseCL'),
        Row('DenseCL', 'mmpretrain', 'DenseCL', 'peer_openmmlab', 'mmpretrain DenseCL'),
        Row('DenseCL', 'oadp_mm', 'DenseCL', 'peer_openmmlab', 'DenseCL'),
    ]
    bases = {row.base for row in listed if row.method in methods}
    return [row for row in listed if row.method in methods
            or (row.package == 'mmpretrain' and row.method in bases)]


def table(measured: list[Row], batch: int) -> str:
    """Markdown, a line a row; times are also held, round by round, against mmpretrain's."""
    hosts = {row.method: row.seconds for row in measured if row.package == 'mmpretrain'}
    lines = ['| | parameters | first gradient | images/s: median, best | time / mmpretrain | '
             'data: ms of a core | peak MiB |', '|---|---|---|---|---|---|---|']
    for row in measured:
        ratio = statistics.median(
            a / b for a, b in zip(row.seconds, hosts[row.base], strict=True))
        lines.append(
            f'| {row.method}, {row.package} | {row.checks["parameters"]:,} '
            f'| {row.checks["gradient"]:.2f} '
            f'| {batch / statistics.median(row.seconds):.1f}, {batch / min(row.seconds):.1f} '
            f'| {ratio:.2f} | {statistics.median(row.data) * 1e3:.1f} | {row.size / 2**20:.0f} |')
    return '\n'.join(lines)


def complaints(measured: list[Row]) -> list[str]:
    """What is not what it claims to be: a method with two gradients, losses that do not fall."""
    lines = []
    for row in measured:
        losses, norm = row.checks['losses'], row.checks['gradient']
        if not all(map(isfinite, losses)) or losses[-1] >= losses[0]:
            lines.append(f'NOT TRAINING: {row.method}, {row.package}: losses {losses}')
        peer = next(peer for peer in measured if peer.method == row.method)
        # bfloat16's own rounding shows in a gradient
        if not row.name.endswith(FAST) and abs(norm / peer.checks['gradient'] - 1) > 0.01:
            lines.append(f'NOT ONE METHOD: {row.method}, {row.package}: norm {norm} of the '
                         f'first gradient, not {peer.checks["gradient"]} as with {peer.package}')
    return lines


def write_batch(files: list[str], depth: int, size: int, target: Path) -> None:
    """OADP's views and gray levels of a batch, which all methods train on."""
    method = build('OADP', depth, size)
    set_random_seed(0)
    batch = method.batch(files)
    torch.save({key: batch[key] for key in ('inputs', 'gray')}, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--images', type=Path, help='a folder of JPEGs')
    parser.add_argument('--backbone', choices=[f'resnet{depth}' for depth in WIDTHS],
                        default='resnet18')
    parser.add_argument('--size', type=int, default=128, help='pixels of a side of a view')
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--methods', nargs='+', choices=METHODS, default=METHODS)
    parser.add_argument('--lightly-python', type=Path,
                        help=f'the Python of an environment with torch and {LIGHTLY[0]}')
    args = parser.parse_args()
    if args.size < 96 or args.size % 32 or args.batch < 2 or QUEUE % args.batch:
        parser.error('--size is a multiple of 32 from 96 on, and --batch a power of two from 2 to '
                     f'{QUEUE}, by which mmpretrain fills its queue')
    if args.rounds < 1 or args.threads < 1:
        parser.error('--rounds and --threads are at least 1')
    if args.images and not any(args.images.glob('*.jpg')):
        parser.error(f'{args.images} has no *.jpg: name a folder of JPEGs by --images')
    measured, python = rows(args.methods), Path(sys.executable)
    versions = f'torch {torch.__version__}'
    try:
        python = lightly_python(ROOT / 'work_dirs/peers', args.lightly_python)
        versions += run(python, '-c', 'import lightly, torch; print(f"; lightly '
                        '{lightly.__version__} with torch {torch.__version__}")')
    except RuntimeError as error:
        print(f'The rows of lightly are left out: name a Python that has {LIGHTLY[0]} by '
              f'--lightly-python ({error})', file=sys.stderr)
        measured = [row for row in measured if row.package != 'lightly']
    try:
        count = measure(measured, args, python)
    except RuntimeError as error:
        sys.exit(f'peers: {error}')
    print(f'{args.backbone}, {args.size} px, batch {args.batch}, float32, threads: {args.threads}, '
          f'{args.rounds} rounds, {count} JPEGs, {versions}\n')
    print(table(measured, args.batch), *complaints(measured), sep='\n')


def measure(measured: list[Row], args: argparse.Namespace, python: Path) -> int:
    """Fill the rows, and say how many images there were; `python` is that of lightly."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder, depth = Path(made), int(args.backbone.removeprefix('resnet'))
        if args.images is None:
            write_photos(folder)
        files = [str(file) for file in sorted((args.images or folder).glob('*.jpg'))]
        write_batch(list(islice(cycle(files), args.batch)), depth, args.size, folder / 'batch.pt')
        turns = []
        for row in measured:
            process = stack.enter_context(Process(
                python if row.package == 'lightly' else sys.executable,
                dict(module=row.module, method=row.name, depth=depth, size=args.size,
                     batch=str(folder / 'batch.pt'), threads=args.threads),
                folder / f'{len(turns)}.log'))
            row.checks = process.ask('checks', 1)
            process.ask('steps', 1)  # warm-up; the optimizer has its state
            process.ask('files', files)
            turns.append((row, process))
        for turn in range(args.rounds):
            for row, process in turns[::-1 if turn % 2 else 1]:
                row.measure(process, files)
    return len(files)


if __name__ == '__main__':
    main()
