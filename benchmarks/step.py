"""One pretraining step of OADP and of BYOL, mmpretrain's and ours, plain and as fast as they get.

    python benchmarks/step.py [CONFIG] [--batch 32] [--runs 5] [--device cpu]

CONFIG is an OADP pretraining config, the paper's if left out; all share its backbone, head widths
and batch. Prints the multiply-adds of forward and backward an image (torch's FlopCounterMode), and
for each arithmetic of `oadp_mm.FastStepHook` the peak memory of a step (tensors alive, weights and
optimizer included), the median and least seconds, and the least as a multiple of mmpretrain's BYOL:
plain, which is float32 as it ships, and as fast. All take turns in one process. Without a GPU the
multiples are those of the least seconds of a core, which others' work on the machine stretches
little.
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
from oadp_mm.engine.arithmetic import has_bfloat16, to_order


def byol(config: Config) -> torch.nn.Module:
    """mmpretrain's BYOL with the backbone and head widths of an OADP config."""
    head, backbone = config.model.head, config.model.backbone
    neck = dict(type='NonLinearNeck', hid_channels=head.hidden_channels,
                out_channels=head.out_channels, num_layers=2, with_bias=True, with_last_bn=False,
                with_avg_pool=True, norm_cfg=dict(type='BN1d'))
    width = backbone.get('base_channels', 64) * (8 if backbone.depth < 50 else 32)
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


BASE = 'BYOL (mmpretrain)'
#: What `oadp_mm.FastStepHook` chooses from, with the type of mixed precision.
ARITHMETIC = {'plain': None, 'channels last': None, 'bfloat16 too': 'bfloat16'}


class Step:
    """Forward, backward, optimizer and target of one method on a fixed batch."""

    def __init__(self, model: torch.nn.Module, batch: dict, device: str, amp: str | None) -> None:
        self.model, self.batch = model.to(device).train(), batch
        self.optimizer = torch.optim.SGD(
            [p for p in model.parameters() if p.requires_grad], lr=0.01, momentum=0.9)
        self.device, self.seconds = device, dict[str, list[float]]()
        self.core_seconds = dict[str, list[float]]()  # of the process, whoever else computes
        self.autocast = self.autocast_to(amp)

    def autocast_to(self, amp: str | None) -> torch.autocast:
        return torch.autocast(
            self.device, dtype=getattr(torch, amp or 'bfloat16'), enabled=amp is not None)

    def compute_in(self, arithmetic: str) -> None:
        order = torch.contiguous_format if arithmetic == 'plain' else torch.channels_last
        self.optimizer.zero_grad()
        to_order(self.model, self.optimizer.state, order)
        self.autocast = self.autocast_to(ARITHMETIC[arithmetic])

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
        start, core = time.perf_counter(), time.process_time()
        (action or self.once)()
        self._synchronise()
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)
        self.core_seconds.setdefault(name, []).append(time.process_time() - core)

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
    args = parser.parse_args()
    MMLogger.get_instance('mmengine', log_level=logging.ERROR)
    init_default_scope('mmpretrain')
    MessageHub.get_current_instance().update_info('max_iters', 1000)  # CosineEMA reads it

    config = Config.fromfile(args.config)
    side = config.train_dataloader.dataset.views.crop.size
    views, gray = noise(args.batch, side, args.device)
    theirs, ours = dict(inputs=views, data_samples=None), dict(inputs=views, gray=gray)
    whole = dict(config.model, loss_weights=[('global', 1.0)])
    steps = {name: Step(model, batch, args.device, None) for name, model, batch in (
        (BASE, byol(config), theirs), ('BYOL (oadp_mm)', MODELS.build(whole), ours),
        ('OADP (oadp_mm)', MODELS.build(config.model), ours))}
    arithmetic = [kind for kind, amp in ARITHMETIC.items() if not amp or has_bfloat16(args.device)]
    turns = [(kind, name) for kind in arithmetic for name in steps]
    memory = {}
    for step in steps.values():
        step.once()  # the optimizer has its state
    for turn in turns:
        steps[turn[1]].compute_in(turn[0])
        memory[turn] = steps[turn[1]].peak_bytes() / 2**30
    for _ in range(args.runs):
        for kind, name in turns:
            steps[name].compute_in(kind)
            steps[name].time(kind)
    print(f'ResNet-{config.model.backbone.depth}, {side} px, batch {args.batch}, {args.device}, '
          f'{torch.get_num_threads()} threads, {args.runs} alternating runs; G multiply-adds an '
          'image: ' + ', '.join(f'{name} {step.multiply_adds() / args.batch / 1e9:.2f}'
                                for name, step in steps.items()))
    print(f"{'':32s} {'GiB':>6s} {'median s':>9s} {'least s':>9s} {'core s':>9s} {'/ plain':>8s} "
          f"{'/ fast':>8s}")

    def cost(kind: str, name: str) -> float:
        step = steps[name]
        return min((step.core_seconds if args.device == 'cpu' else step.seconds)[kind])

    for kind, name in turns:
        seconds = steps[name].seconds[kind]
        print(f'{name:17s} {kind:14s} {memory[kind, name]:6.2f} {statistics.median(seconds):9.3f} '
              f'{min(seconds):9.3f} {min(steps[name].core_seconds[kind]):9.3f} '
              f"{cost(kind, name) / cost('plain', BASE):8.2f} "
              f'{cost(kind, name) / cost(kind, BASE):8.2f}')


if __name__ == '__main__':
    main()
