"""What resizes a crop: how near each kernel comes to torchvision's on PIL images, and its cost.

    python benchmarks/crop_kernels.py [--images FOLDER] [--rounds 5]

OADP's two random resized crops of FOLDER's JPEGs (coco128's, where no folder is named), the same
rectangles for all. Printed: greatest and mean difference of a level from Pillow's bilinear kernel,
which torchvision's crop of PIL images calls; how many times as strong edges are (variance of the
Laplacian of gray levels); the share of OADP's matched pairs that are the same; milliseconds of one
core for both views.
"""
from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

sys.path[:0] = [str(Path(__file__).parents[1])]

from oadp_mm.models import PatchSelector
from oadp_mm.ops.windows import Window, draw_window

SCALES, SIZE = ((0.1, 0.6), (0.3, 1.0)), (224, 224)
Cut = Callable[[np.ndarray, Window], np.ndarray]


def inside(image: np.ndarray, window: Window) -> np.ndarray:
    top, left, height, width = window.rectangle
    return image[top:top + height, left:left + width]


def opencv(kernel: int) -> Cut:
    """OpenCV's, which enlarge alike."""
    def cut(image: np.ndarray, window: Window) -> np.ndarray:
        shrinks = window.height > SIZE[0] or window.width > SIZE[1]
        return cv2.resize(inside(image, window), SIZE[::-1],
                          interpolation=kernel if shrinks else cv2.INTER_LINEAR)
    return cut


KERNELS: dict[str, Cut] = {
    'Pillow bilinear': lambda image, window: np.asarray(
        Image.fromarray(inside(image, window)).resize(SIZE[::-1], Image.Resampling.BILINEAR)),
    'oadp_mm: Window.cut': lambda image, window: window.cut(image),
    'OpenCV INTER_AREA': opencv(cv2.INTER_AREA),
    'OpenCV INTER_LINEAR': opencv(cv2.INTER_LINEAR),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = Path(os.environ.get('OADP_DATA', '../shared/data'))
    parser.add_argument('--images', type=Path, default=data / 'coco128', help='a folder of JPEGs')
    parser.add_argument('--rounds', type=int, default=5)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    images = [cv2.imread(str(file)) for file in sorted(args.images.rglob('*.jpg'))]
    rng = np.random.default_rng(0)
    crops = [[(image, draw_window(rng.random((10, 4)), *image.shape[:2], scale=scale,
                                  ratio=(3 / 4, 4 / 3), size=SIZE)) for image in images]
             for scale in SCALES]
    seconds: dict[str, list[float]] = {name: [] for name in KERNELS}
    for _ in range(args.rounds):
        for name, cut in KERNELS.items():
            start = time.perf_counter()
            for crop in chain(*crops):
                cut(*crop)
            seconds[name].append(time.perf_counter() - start)
    views = {name: np.array([[cut(*crop) for crop in of_view] for of_view in crops])
             for name, cut in KERNELS.items()}
    print(f'{len(images)} images\n{"":22}levels off: most   mean   edges   pairs  ms')
    pairs = {name: matched(each) for name, each in views.items()}
    truth, edge = views['Pillow bilinear'], edges(views['Pillow bilinear'])
    for name, each in views.items():
        away = np.abs(each.astype(np.int16) - truth)
        print(f'{name:22}{away.max():16d} {away.mean():6.3f} {edges(each) / edge:7.2f} '
              f'{len(pairs[name] & pairs["Pillow bilinear"]) / len(pairs[name]):7.3f} '
              f'{statistics.median(seconds[name]) / len(images) * 1e3:5.2f}')


def grays(views: np.ndarray) -> list[np.ndarray]:
    return [cv2.cvtColor(view, cv2.COLOR_BGR2GRAY) for view in views]


def edges(views: np.ndarray) -> float:
    return statistics.mean(float(cv2.Laplacian(gray, cv2.CV_64F).var())
                           for gray in grays(views.reshape(-1, *SIZE, 3)))


def matched(views: np.ndarray) -> set[tuple[int, int, int]]:
    """Image, small patch and large patch of all pairs."""
    found = PatchSelector()([torch.from_numpy(np.stack(grays(each))) for each in views])
    return {(image, *pair) for image, rows in enumerate(zip(found.small, found.large, strict=True))
            for pair in zip(*(row.tolist() for row in rows), strict=True)}


if __name__ == '__main__':
    main()
