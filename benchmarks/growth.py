"""How cost grows with the pool, the grid, the view and the batch, beside how the work grows.

    python benchmarks/growth.py [--runs 7] [--plot docs/images/growth.png]

Each quantity is doubled three times, the others stay. Selection and matching (one core, noise as
views): the work is what must be touched, that is pixels and histogram entries that are scored and
pairs of pixels that are compared. A whole step (ResNet-18): the work is torch's count of
multiply-adds. Prints medians; the last column is how much faster the time grew than the work since
the first row: above 1, something would not scale.
"""
from __future__ import annotations

import argparse
import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import torch
from mmengine.config import Config
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]
mpl.use('Agg')

import matplotlib.pyplot as plt

from benchmarks.step import Step
from oadp_mm.models.selectors.patch_selector import PatchSelector

DOUBLINGS = 1, 2, 4, 8
UNITS = dict(k='k, patches in a pool', grid='grid, cells a side', side='side, pixels',
             batch='batch, images')


class Point(NamedTuple):
    what: str
    varied: str
    value: int
    work: float
    seconds: float


def selection(runs: int) -> Iterator[Point]:
    base = dict(k=4, grid=4, side=224, batch=8)
    for varied in base:
        for factor in DOUBLINGS:
            # A pool of 32 needs more patches than a grid of 4 has.
            setting = {**base, **({'grid': 7} if varied == 'k' else {})}
            setting[varied] *= factor
            k, grid, side, batch = setting.values()
            selector = PatchSelector(grid=grid, k=k)
            views = [torch.randint(0, 256, (batch, side, side), dtype=torch.uint8)
                     for _ in range(2)]
            yield Point('selection and matching', varied, setting[varied],
                        batch * operations(k, grid, side),
                        median(lambda selector=selector, views=views: selector(views), runs))


def operations(k: int, grid: int, side: int, levels: int = 256) -> int:
    """Pixels counted, histogram entries read for spans 1 and 2, and pixel pairs compared."""
    entries = levels * (2 * grid**2 + 4 * (grid - 1)**2)
    return 2 * side**2 + entries + k**2 * (2 * side // grid)**2


def steps(runs: int) -> Iterator[Point]:
    base = dict(k=3, side=96, batch=4)
    for varied in base:
        for factor in DOUBLINGS:
            setting = {**base, **({'side': 192} if varied == 'k' else {})}
            setting[varied] *= factor
            step = build_step(**setting)
            step.once()
            yield Point('a step', varied, setting[varied], step.multiply_adds(),
                        median(step.once, max(1, runs // 2)))


def build_step(k: int, side: int, batch: int) -> Step:
    leaf = ROOT / 'configs/oadp/oadp_resnet18_1xb64-coslr-20e_grocery-96x96.py'
    config = Config.fromfile(leaf).model
    config.selector.k = k
    return Step(MODELS.build(config), dict(
        inputs=[torch.randn(batch, 3, side, side) for _ in range(2)],
        gray=[torch.randint(0, 256, (batch, side, side), dtype=torch.uint8) for _ in range(2)],
    ), 'cpu', None)


def median(function: Callable[[], object], runs: int) -> float:
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def show(points: list[Point]) -> None:
    print('                                           G operations        ms   time / work')
    for first, point in with_first(points):
        growth = point.seconds / first.seconds / (point.work / first.work)
        print(f'{point.what:24s} {point.varied:6s} {point.value:5d} {point.work / 1e9:17.3f} '
              f'{point.seconds * 1e3:9.1f} {growth:13.2f}')


def with_first(points: list[Point]) -> list[tuple[Point, Point]]:
    first: dict[tuple[str, str], Point] = {}
    return [(first.setdefault((p.what, p.varied), p), p) for p in points]


def plot(points: list[Point], path: Path) -> None:
    """A panel for each quantity, all on one scale; lines side by side grow alike."""
    panels: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for first, point in with_first(points):
        panels.setdefault((point.what, point.varied), []).append(
            (point.value, point.work / first.work, point.seconds / first.seconds))
    figure, axes = plt.subplots(2, 4, figsize=(12, 5.6), sharey=True, layout='constrained')
    for axis in axes.flat[len(panels):]:
        axis.set_visible(False)
    for axis, ((what, varied), rows) in zip(axes.flat, panels.items(), strict=False):
        values, work, times = zip(*rows, strict=True)
        axis.plot(values, work, 's--', color='0.55', label='work')
        axis.plot(values, times, 'o-', color='tab:blue', label='time')
        axis.set_xscale('log', base=2)
        axis.set_yscale('log', base=2)
        axis.set(title=what, xlabel=UNITS[varied], xticks=values, xticklabels=values)
        axis.yaxis.set_major_formatter('{x:g}')
        axis.grid(alpha=0.3)
    figure.supylabel('times the first')
    axes[0, 0].legend()
    figure.savefig(path, dpi=100)
    print(f'wrote {path}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--runs', type=int, default=7)
    parser.add_argument('--plot', type=Path, help='also draw the growth into this file')
    args = parser.parse_args()
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    points = list(steps(args.runs))
    torch.set_num_threads(1)
    points = [*selection(args.runs), *points]
    show(points)
    if args.plot:
        plot(points, args.plot)


if __name__ == '__main__':
    main()
