"""Milliseconds of one core that the views of an image cost, by three pipelines of one meaning.

    python benchmarks/input_pipeline.py [--images FOLDER] [--rate 1000] [--rounds 5]

OADP's views of 224 px, built from mmpretrain's own transforms, from torchvision's on PIL
images, and as the paper's config has them; mmpretrain's crop aliases (crop_kernels.py compares
kernels), the others do not. Beside them BYOL's two views and ORL's six, with those
patches of random boxes and a second image to decode. FOLDER's JPEGs are read;
without one, the photos that scikit-image ships are written as 640x480 JPEGs first. The pipelines
take turns image by image. Then: how many cores feed a GPU that takes --rate images a second.
"""
from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.datasets import PackInputs

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from oadp_mm.datasets import ImageFolder, MultiView
from oadp_mm.datasets.digits.sources import SPLITS, load_sources
from oadp_mm.datasets.image_files import file_length
from oadp_mm.datasets.transforms import LoadCorrespondences
from oadp_mm.files.correspondence_file import write_correspondences
from oadp_mm.files.correspondences import Correspondences

SCALES = (0.1, 0.6), (0.3, 1.0)
SIZE = 224
#: Boxes of an image and its neighbours, at most.
BOXES, NEIGHBOURS = 40, 10


def apply(prob: float, **transform) -> dict:
    return dict(type='RandomApply', prob=prob, transforms=[transform])


def two_views(view: Callable[[tuple[float, float]], list[dict]]) -> list[dict]:
    return [dict(type='LoadImageFromFile'),
            dict(type='MultiView', num_views=[1, 1], transforms=[view(scale) for scale in SCALES]),
            dict(type='PackInputs')]


def from_mmpretrain(scale: tuple[float, float]) -> list[dict]:
    policies = [
        dict(type='AutoContrast'), dict(type='Equalize'),
        dict(type='Rotate', magnitude_range=(0, 30)),
        dict(type='Posterize', magnitude_range=(8, 4)),
        dict(type='Solarize', magnitude_range=(255, 0)),
        *(dict(type=name, magnitude_range=(0, 0.9))
          for name in ('ColorTransform', 'Contrast', 'Brightness', 'Sharpness')),
        *(dict(type='Shear', magnitude_range=(0, 0.3), direction=axis)
          for axis in ('horizontal', 'vertical')),
        *(dict(type='Translate', magnitude_range=(0, 150 / 331), direction=axis)
          for axis in ('horizontal', 'vertical')),
    ]
    return [
        dict(type='RandomResizedCrop', scale=SIZE, crop_ratio_range=scale),
        apply(0.3, type='ColorJitter', brightness=0.8, contrast=0.8, saturation=0.8, hue=0.2),
        dict(type='RandomGrayscale', prob=0.2, keep_channels=True),
        dict(type='RandAugment', policies=policies, num_policies=5, total_level=30,
             magnitude_level=10),
        dict(type='RandomFlip', prob=0.5),
        dict(type='GaussianBlur', magnitude_range=(1, 2), magnitude_std='inf', prob=0.2),
    ]


def from_torchvision(scale: tuple[float, float]) -> list[dict]:
    return [
        dict(type='NumpyToPIL', to_rgb=True),
        dict(type='torchvision/RandomResizedCrop', size=SIZE, scale=scale),
        apply(0.3, type='torchvision/ColorJitter', brightness=0.8, contrast=0.8, saturation=0.8,
              hue=0.2),
        dict(type='torchvision/RandomGrayscale', p=0.2),
        dict(type='torchvision/RandAugment', num_ops=5, magnitude=10),
        dict(type='torchvision/RandomHorizontalFlip', p=0.5),
        apply(0.2, type='torchvision/GaussianBlur', kernel_size=3, sigma=(1.0, 2.0)),
        dict(type='PILToNumpy', to_bgr=True),
    ]


def write_photos(folder: Path) -> None:
    for split in SPLITS:
        for index, photo in enumerate(load_sources(split).photos):
            cv2.imwrite(str(folder / f'{split}{index}.jpg'), cv2.resize(photo, (640, 480)))


def write_random_pairs(files: list[Path], target: Path) -> None:
    """Boxes of 96 px to a side and more, and pairs of them."""
    rng, count, others = np.random.default_rng(0), len(files), min(NEIGHBOURS, len(files) - 1)
    sizes = np.array([cv2.imread(str(file)).shape[:2] for file in files], np.int32)
    ends = np.repeat(sizes[:, ::-1], BOXES, axis=0)
    sides = np.minimum(rng.integers(96, 300, ends.shape), ends)
    starts = rng.integers(0, ends - sides, endpoint=True)
    write_correspondences(target, Correspondences(
        names=np.array([file.name for file in files]), sizes=sizes,
        lengths=np.array([file_length(file) for file in files]),
        offsets=np.arange(count + 1) * BOXES,
        boxes=np.hstack([starts, starts + sides]).astype(np.int32),
        neighbours=(np.arange(count)[:, None] + np.arange(1, others + 1)).astype(np.int32) % count,
        pair_offsets=np.arange(count + 1) * others,
        pairs=rng.integers(0, BOXES, (count * others, 2)).astype(np.int16),
        cosines=np.ones(count * others, np.float16), meta={'folder': files[0].parent.name}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--images', type=Path, help='a folder of JPEGs')
    parser.add_argument('--rate', type=float, default=1000, help='images a second of a GPU')
    parser.add_argument('--rounds', type=int, default=5)
    args = parser.parse_args()
    warnings.filterwarnings('ignore', 'Only use')  # mmpretrain's GaussianBlur, each time
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    init_default_scope('mmpretrain')
    paper = Config.fromfile(ROOT / 'configs/oadp/oadp_resnet50_8xb32-coslr-800e_coco.py')
    loading = [dict(type='oadp_mm.LoadImage')]
    with tempfile.TemporaryDirectory() as made:
        if args.images is None:
            write_photos(Path(made))
        files = sorted((args.images or Path(made)).glob('*.jpg'))
        write_random_pairs(files, pairs := Path(made) / 'pairs.npz')
        images = ImageFolder(str(files[0].parent), extensions=['.jpg'], recursive=False,
                             pipeline=loading)
        byol, orl = (Config.fromfile(ROOT / f'configs/_base_/views/{name}.py').views
                     for name in ('byol', 'orl'))
        compare({
            'mmpretrain': two_views(from_mmpretrain),
            'torchvision': two_views(from_torchvision),
            'oadp_mm': [*loading, MultiView(**paper.train_dataloader.dataset.views), PackInputs()],
            'oadp_mm: BYOL': [*loading, MultiView(**byol), PackInputs()],
            'oadp_mm: ORL': [*loading, LoadCorrespondences(pairs, images), MultiView(**orl),
                             PackInputs()],
            'oadp_mm: decoding alone': loading,
        }, [str(file) for file in files], args)


def compare(pipelines: dict[str, list], files: list[str], args: argparse.Namespace) -> None:
    built = {name: Compose(steps) for name, steps in pipelines.items()}
    seconds: dict[str, list[float]] = {name: [] for name in built}
    for turn in range(args.rounds + 1):
        for file in files:
            for name, pipeline in built.items():
                start = time.perf_counter()
                pipeline(dict(img_path=file))
                if turn:  # the first round warms up
                    seconds[name].append(time.perf_counter() - start)
    shapes = {cv2.imread(file).shape[1::-1] for file in files}
    print(f'{len(files)} JPEGs of {", ".join(f"{w}x{h}" for w, h in sorted(shapes))}, two views of '
          f'{SIZE} px (ORL: and four of 96), one core, {args.rounds} rounds')
    print('                           ms an image: median   mean   '
          f'cores for {args.rate:g} images/s')
    for name, times in seconds.items():
        mean = statistics.mean(times)
        print(f'  {name:26s} {statistics.median(times) * 1e3:17.1f} {mean * 1e3:6.1f} '
              f'{args.rate * mean:12.1f}')


if __name__ == '__main__':
    main()
