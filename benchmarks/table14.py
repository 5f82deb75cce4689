"""What a training and an inference cost, method by method: OADP's Table XIV.

    python benchmarks/table14.py [--backbone resnet50] [--size 224] [--batch 2] [--runs 5]
        [--device cpu] [--amp bfloat16]

SimCLR, MoCo v2 and BYOL (mmpretrain's) and OADP, each as its config for COCO has it, on one
backbone and the same noise. Of each: multiply-adds of an image, forward alone and with backward
(torch's FlopCounterMode); the peak memory of a step (tensors alive, weights and optimizer included,
on CUDA the allocator's); median seconds of the forward pass and of a whole step, the methods taking
turns in one process; and multiply-adds and seconds of the backbone on one image, which is all that
is left at inference. Then the same as multiples of SimCLR's.

The paper, with 2 images: SimCLR 8 "GFLOPs" and 1.1 GB, MoCo 9 and 1.1, BYOL 18 and 2.3, OADP 44 and
3.4, each 4 at inference. Its first three are the multiply-adds of the forward passes of one image.
"""
from __future__ import annotations

import argparse
import logging
import statistics
import sys
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.step import Step, noise

CONFIGS = {'SimCLR': 'baselines/simclr_resnet50_8xb64-coslr-800e_coco',
           'MoCo v2': 'baselines/moco_resnet50_8xb32-coslr-800e_coco',
           'BYOL': 'baselines/byol_resnet50_8xb64-coslr-800e_coco',
           'OADP': 'oadp/oadp_resnet50_8xb32-coslr-800e_coco'}
BACKBONES = {'resnet18': (18, 512), 'resnet34': (34, 512), 'resnet50': (50, 2048)}
COLUMNS = ('forward G', '+ backward G', 'peak GiB', 'forward s', 'step s', 'infer G', 'infer s')


def on(backbone: str, model: Config) -> Config:
    """The model with another ResNet, from whose features its projector reads."""
    model.backbone.depth, channels = BACKBONES[backbone]
    if 'neck' in model:  # OADP's heads read the backbone's own channels
        model.neck.in_channels = channels
    return model


def measure(steps: dict[str, Step], runs: int, image: torch.Tensor) -> dict[str, list[float]]:
    """The columns of each method; those of a training step are an image's where they are counts."""
    def infer(step: Step) -> torch.Tensor:
        with torch.inference_mode(), step.autocast:
            return step.model.backbone(image)

    counts = {}
    for name, step in steps.items():
        step.once()  # warm-up; the optimizer has its state
        each = 1e9 * len(step.batch['inputs'][0])
        counts[name] = [step.multiply_adds(step.losses) / each, step.multiply_adds() / each,
                        step.peak_bytes() / 2**30]
    for _ in range(runs):
        for step in steps.values():
            step.time('forward', step.losses)
            step.time()
    figures = {}
    for step in steps.values():
        step.model.backbone.eval()
        infer(step)  # warm-up
    for _ in range(runs):
        for step in steps.values():
            step.time('infer', lambda step=step: infer(step))
    for name, step in steps.items():
        seconds = {key: statistics.median(each) for key, each in step.seconds.items()}
        figures[name] = [*counts[name], seconds['forward'], seconds['step'],
                         step.multiply_adds(lambda step=step: infer(step)) / 1e9, seconds['infer']]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--backbone', choices=BACKBONES, default='resnet50')
    parser.add_argument('--size', type=int, default=224, help='pixels of a side: 96, 128 and so on')
    parser.add_argument('--batch', type=int, default=2)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--amp', choices=('bfloat16', 'float16'), help='mixed precision')
    args = parser.parse_args()
    if args.size < 96 or args.size % 32 or args.batch < 2 or args.runs < 1:
        parser.error('--size is a multiple of 32 from 96 on, --batch at least 2, for the norms of '
                     'projectors, and --runs at least 1')
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    MessageHub.get_current_instance().update_info('max_iters', 1000)  # CosineEMA reads it

    views, gray = noise(args.batch, args.size, args.device)
    steps = {}
    for name, path in CONFIGS.items():
        model = MODELS.build(on(args.backbone, Config.fromfile(ROOT / f'configs/{path}.py').model))
        extra = {'gray': gray} if name == 'OADP' else {'data_samples': None}
        steps[name] = Step(model, {'inputs': views, **extra}, args.device, args.amp)
    figures = measure(steps, args.runs, views[0][:1])
    print(f'{args.backbone}, {args.size} px, batch {args.batch}, {args.device}, '
          f'{args.amp or "float32"}, {torch.get_num_threads()} threads, medians of {args.runs} '
          'alternating runs; G: 1e9 multiply-adds an image')
    show('', figures)
    first = figures['SimCLR']
    show('times SimCLR', {name: [value / of for value, of in zip(row, first, strict=True)]
                          for name, row in figures.items()})


def show(title: str, figures: dict[str, list[float]]) -> None:
    print(f'  {title:14s}' + ''.join(f'{column:>14s}' for column in COLUMNS))
    for name, row in figures.items():
        print(f'  {name:14s}' + ''.join(f'{value:14.3f}' for value in row))


if __name__ == '__main__':
    main()
