"""One pretraining step of OADP beside mmpretrain's BYOL: same backbone, head widths and batch.

    python benchmarks/step.py [--depth 50] [--size 224] [--batch 8] [--runs 5] [--device cpu]

Prints the floating-point operations of forward and backward an image (torch's FlopCounterMode)
and the median seconds of a step, the two taking turns in one process, with their ratios.
"""
from __future__ import annotations

import argparse
import copy
import logging
import statistics
import time

import torch
from mmengine.logging import MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS
from torch.utils.flop_counter import FlopCounterMode

HIDDEN, OUT = 4096, 256


def byol(depth: int) -> torch.nn.Module:
    neck = dict(type='NonLinearNeck', hid_channels=HIDDEN, out_channels=OUT, num_layers=2,
                with_bias=True, with_last_bn=False, with_avg_pool=True, norm_cfg=dict(type='BN1d'))
    width = 2048 if depth >= 50 else 512
    return MODELS.build(dict(
        type='BYOL', base_momentum=0.01, backbone=dict(type='ResNet', depth=depth),
        neck=dict(neck, in_channels=width),
        head=dict(type='LatentPredictHead', loss=dict(type='CosineSimilarityLoss'),
                  predictor=dict(neck, in_channels=OUT, with_avg_pool=False))))


def oadp(depth: int, grid: int) -> torch.nn.Module:
    k = min(24, (grid - 1)**2 * 2 // 3)
    return MODELS.build(dict(
        type='oadp_mm.OADP', backbone=dict(type='ResNet', depth=depth),
        selector=dict(type='oadp_mm.PatchSelector', grid=grid, k=k),
        head=dict(type='oadp_mm.PredictiveHead', hidden_channels=HIDDEN, out_channels=OUT),
        data_preprocessor=dict(type='oadp_mm.ViewsDataPreprocessor', mean=[0.0] * 3,
                               std=[1.0] * 3)))


class Step:
    """Forward, backward, optimizer and target of one method on a fixed batch."""

    def __init__(self, model: torch.nn.Module, batch: dict, device: str) -> None:
        self.model, self.batch = model.to(device).train(), batch
        self.optimizer = torch.optim.SGD(
            [p for p in model.parameters() if p.requires_grad], lr=0.01, momentum=0.9)
        self.device, self.seconds = device, []

    def losses(self) -> torch.Tensor:
        return sum(self.model(**copy.copy(self.batch), mode='loss').values())

    def flops(self) -> int:
        with FlopCounterMode(display=False) as counter:
            self.losses().backward()
        return counter.get_total_flops()

    def run(self) -> None:
        start = time.perf_counter()
        self.optimizer.zero_grad()
        self.losses().backward()
        self.optimizer.step()
        if hasattr(self.model, 'after_step'):  # mmpretrain moves its target inside loss()
            self.model.after_step(0.5)
        if self.device != 'cpu':
            torch.cuda.synchronize()
        self.seconds.append(time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--depth', type=int, default=50)
    parser.add_argument('--size', type=int, default=224)
    parser.add_argument('--batch', type=int, default=8)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--device', default='cpu')
    args = parser.parse_args()
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    from mmengine.logging import MessageHub
    MessageHub.get_current_instance().update_info('max_iters', 1000)  # CosineEMA reads it

    pixels = torch.randint(0, 256, (2, args.batch, args.size, args.size), dtype=torch.uint8)
    views = [torch.randn(args.batch, 3, args.size, args.size, device=args.device)
             for _ in range(2)]
    steps = {
        'BYOL (mmpretrain)': Step(byol(args.depth), dict(inputs=views, data_samples=None),
                                  args.device),
        'OADP (oadp_mm)': Step(oadp(args.depth, args.size // 32),
                               dict(inputs=views, gray=list(pixels.to(args.device))), args.device),
    }
    flops = {name: step.flops() / args.batch for name, step in steps.items()}
    for run in range(args.runs + 1):
        for step in steps.values():
            step.run()
            if run == 0:  # warm-up
                step.seconds.clear()
    print(f'ResNet-{args.depth}, {args.size} px, batch {args.batch}, {args.device}, '
          f'{torch.get_num_threads()} threads, medians of {args.runs} alternating runs')
    seconds = {name: statistics.median(step.seconds) for name, step in steps.items()}
    for name in steps:
        print(f'  {name:18s} {flops[name] / 2e9:7.2f} G multiply-adds an image '
              f'{seconds[name]:7.3f} s a step')
    first, second = steps
    print(f'  ratio              {flops[second] / flops[first]:7.2f} multiply-adds, '
          f'{seconds[second] / seconds[first]:7.2f} seconds')


if __name__ == '__main__':
    main()
