"""One pretraining step of OADP beside mmpretrain's BYOL: same backbone, head widths and batch.

    python benchmarks/step.py [CONFIG] [--batch 32] [--runs 5] [--device cpu] [--amp bfloat16]

CONFIG is an OADP pretraining config, the paper's if left out. Prints the multiply-adds of forward
and backward an image (torch's FlopCounterMode), the peak memory of a step (tensors alive, weights
and optimizer included) and the median seconds of a step, the two taking turns in one process.
"""
from __future__ import annotations

import argparse
import copy
import logging
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import init_default_scope
from mmpretrain.registry import MODELS
from torch.utils.flop_counter import FlopCounterMode

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.peak_memory import PeakMemory


def byol(config: Config) -> torch.nn.Module:
    """mmpretrain's BYOL with the backbone and head widths of an OADP config."""
    head, backbone = config.model.head, config.model.backbone
    neck = dict(type='NonLinearNeck', hid_channels=head.hidden_channels,
                out_channels=head.out_channels, num_layers=2, with_bias=True, with_last_bn=False,
                with_avg_pool=True, norm_cfg=dict(type='BN1d'))
    width = 512 if backbone.depth < 50 else 2048
    return MODELS.build(dict(
        type='BYOL', base_momentum=1 - config.model.ema_decay, backbone=dict(backbone),
        neck=dict(neck, in_channels=width),
        head=dict(type='LatentPredictHead', loss=dict(type='CosineSimilarityLoss'),
                  predictor=dict(neck, in_channels=head.out_channels, with_avg_pool=False))))


def noise(count: int, side: int, device: str) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Two views of each image, and their gray levels, which OADP reads beside them."""
    views = [torch.randn(count, 3, side, side, device=device) for _ in range(2)]
    return views, [torch.randint(256, (count, side, side), dtype=torch.uint8, device=device)
                   for _ in views]


class Step:
    """Forward, backward, optimizer and target of one method on a fixed batch."""

    def __init__(self, model: torch.nn.Module, batch: dict, device: str, amp: str | None) -> None:
        self.model, self.batch = model.to(device).train(), batch
        self.optimizer = torch.optim.SGD(
            [p for p in model.parameters() if p.requires_grad], lr=0.01, momentum=0.9)
        self.device, self.seconds = device, dict[str, list[float]]()
        self.autocast = torch.autocast(
            device, dtype=getattr(torch, amp or 'bfloat16'), enabled=amp is not None)

    def losses(self) -> torch.Tensor:
        with self.autocast:
            return sum(self.model(**copy.copy(self.batch), mode='loss').values())

    def once(self) -> None:
        self.optimizer.zero_grad()
        self.losses().backward()
        self.optimizer.step()
        if hasattr(self.model, 'after_step'):  # mmpretrain moves its target inside loss()
            self.model.after_step(0.5)

    def time(self, name: str = 'step', action: Callable[[], object] | None = None) -> None:
        self._synchronise()
        start = time.perf_counter()
        (action or self.once)()
        self._synchronise()
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)

    def _synchronise(self) -> None:
        if self.device != 'cpu':
            torch.cuda.synchronize()

    def multiply_adds(self, action: Callable[[], object] | None = None) -> float:
        with FlopCounterMode(display=False) as counter:
            (action or (lambda: self.losses().backward()))()
        return counter.get_total_flops() / 2

    def peak_bytes(self) -> int:
        if self.device != 'cpu':
            torch.cuda.reset_peak_memory_stats()
            self.once()
            return torch.cuda.max_memory_allocated()
        state = [value for slot in self.optimizer.state.values() for value in slot.values()]
        with PeakMemory(self.model, state, self.batch) as memory:
            self.once()
        return memory.peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('config', nargs='?',
                        default=ROOT / 'configs/oadp/oadp_resnet50_8xb32-coslr-800e_coco.py')
    parser.add_argument('--batch', type=int, default=32)
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--amp', choices=('bfloat16', 'float16'), help='mixed precision')
    args = parser.parse_args()
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    MessageHub.get_current_instance().update_info('max_iters', 1000)  # CosineEMA reads it

    config = Config.fromfile(args.config)
    side = config.train_dataloader.dataset.views.crop.size
    views, gray = noise(args.batch, side, args.device)
    steps = {
        'BYOL (mmpretrain)': Step(byol(config), dict(inputs=views, data_samples=None),
                                  args.device, args.amp),
        'OADP (oadp_mm)': Step(MODELS.build(config.model), dict(inputs=views, gray=gray),
                               args.device, args.amp),
    }
    for step in steps.values():
        step.once()  # warm-up; the optimizer has its state
    figures = {name: [step.multiply_adds() / args.batch / 1e9, 0, 0]
               for name, step in steps.items()}
    for _ in range(args.runs):
        for step in steps.values():
            step.time()
    for name, step in list(steps.items()):
        figures[name][1:] = step.peak_bytes() / 2**30, statistics.median(step.seconds['step'])
    print(f'ResNet-{config.model.backbone.depth}, {side} px, batch {args.batch}, {args.device}, '
          f'{args.amp or "float32"}, {torch.get_num_threads()} threads, '
          f'medians of {args.runs} alternating runs')
    row = '  {:18s} {:8.2f} G multiply-adds an image {:8.2f} GiB {:9.3f} s a step'
    for name, numbers in figures.items():
        print(row.format(name, *numbers))
    first, second = figures.values()
    print('  {:18s} {:8.2f} {:32.2f} {:13.3f}'.format(
        'ratio', *(b / a for a, b in zip(first, second, strict=True))))


if __name__ == '__main__':
    main()
