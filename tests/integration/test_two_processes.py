"""Distributed pretraining: two processes on the CPU, through mmengine's own wrapper."""
from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
import torch
import torch.multiprocessing as mp
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import OptimWrapper

from tests.models import tiny

STEPS, IMAGES = 3, 3


def batch(rank: int, step: int) -> dict:
    """Raw views, different on each process and step."""
    generator = torch.Generator().manual_seed(10 * step + rank)
    shape = (IMAGES, 3, tiny.SIDE, tiny.SIDE)
    return {'inputs': [torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
                       for _ in range(2)], 'data_samples': [None] * IMAGES}


def train(rank: int, port: int, folder: Path) -> None:
    """One process: a few optimizer steps; writes its weights, then misses the hook."""
    torch.set_num_threads(1)
    os.environ.update(RANK=str(rank), WORLD_SIZE='2', LOCAL_RANK=str(rank),
                      MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
    torch.distributed.init_process_group('gloo')
    model = tiny.build()
    wrapper = MMDistributedDataParallel(model, broadcast_buffers=False)
    optimizer = OptimWrapper(torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad], lr=0.05))
    model.after_step_attached = True
    for step in range(STEPS):
        wrapper.train_step(batch(rank, step), optimizer)
        model.after_step((step + 1) / STEPS)
    torch.save({name: p.detach() for name, p in model.named_parameters()}, folder / f'{rank}.pth')
    model.after_step_attached = False
    with pytest.raises(RuntimeError, match='AfterStepHook'):
        wrapper.train_step(batch(rank, 0), optimizer)
    torch.distributed.destroy_process_group()


def test_processes_agree_after_each_step(tmp_path):
    """Gradients of all parameters are averaged (none is left unused) and targets stay equal."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    mp.spawn(train, (port, tmp_path), nprocs=2)
    first, second = (torch.load(tmp_path / f'{rank}.pth', weights_only=True) for rank in (0, 1))
    start = dict(tiny.build().named_parameters())
    assert first.keys() == start.keys()
    for name, weight in first.items():
        assert torch.equal(weight, second[name]), name
    moved = [name for name, weight in first.items() if not torch.equal(weight, start[name])]
    assert {name.split('.')[0] for name in moved} == {'backbone', 'heads', 'target'}
