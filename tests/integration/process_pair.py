"""What each of two processes, or one with their joined batch, finds out about RegionCL and SCD."""
from __future__ import annotations

import itertools
import os
from functools import cache
from pathlib import Path
from unittest import mock

import torch
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import OptimWrapper
from torch import Tensor

from oadp_mm.models import SCD, RegionCL
from oadp_mm.models.algorithms import regioncl as algorithm
from oadp_mm.ops.regions import Region
from tests.models import tiny_pairs

METHODS = {
    'regioncl-m': lambda **to: tiny_pairs.regioncl('moco', backbone=tiny_pairs.RESNET, **to),
    'regioncl-m-shuffled': lambda **to: tiny_pairs.regioncl('moco', shuffle_bn=True, **to),
    'regioncl-d-shuffled': lambda **to: tiny_pairs.regioncl('densecl', shuffle_bn=True, **to),
    'regioncl-s': lambda **to: tiny_pairs.regioncl('simsiam', **to),
    'regioncl-m3': lambda **to: tiny_pairs.regioncl('mocov3', **to),
    'regioncl-moby': lambda **to: tiny_pairs.regioncl('moby', **to),
    'scd-moco-shuffled': lambda **to: tiny_pairs.scd(shuffle_bn=True, **to),
    'scd-byol': lambda **to: tiny_pairs.scd(tiny_pairs.BYOL, **to),
}
#: Images of one process; batches, two of which make an optimizer step. A queue holds 12 keys, so
#: that 4 batches of 8 go around it.
IMAGES, BATCHES = 4, 4
REGIONS = (Region(1, 2, 2, 1), Region(0, 0, 1, 3), Region(2, 1, 2, 3))


def build(method: str) -> RegionCL | SCD:
    # Batches stay as they are, float64, so that sums in another order still agree.
    return METHODS[method](data_preprocessor={'type': 'mmengine.BaseDataPreprocessor'})


def batch(number: int, part: slice = slice(None)) -> dict:
    return {'inputs': [view.roll(5 * number, 3)[part] for view in photos()]}


@cache
def photos() -> list[Tensor]:
    return tiny_pairs.pairs(2 * IMAGES)


def shift_within(processes: int, count: int) -> Tensor:
    """The next image of the same process, for images of several processes."""
    return torch.arange(count).unflatten(0, (processes, -1)).roll(-1, 1).flatten()


def train(step, model: RegionCL | SCD, processes: int, part: slice = slice(None)) -> dict:
    """What there is to compare after BATCHES calls of ``step``, the model's or its wrapper's.

    With running statistics in batch norm, so that an image's rows do not depend on its batch.
    """
    model.eval()
    model.after_step_attached = True
    losses, gradients = [], {}
    optimizer = OptimWrapper(torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad], lr=0.01), accumulative_counts=2)
    optimizer.optimizer.register_step_pre_hook(lambda *_: gradients.update(
        (name, p.grad.clone()) for name, p in model.named_parameters() if p.requires_grad))
    regions = itertools.cycle(REGIONS)
    with mock.patch.multiple(algorithm, random_region=lambda *_: next(regions),
                             random_derangement=lambda count, **_: shift_within(processes, count)):
        for number in range(BATCHES):
            logged = step(batch(number, part), optimizer)
            losses.append({name: loss.detach() for name, loss in logged.items()})
            if number % 2:
                model.after_step((number + 1) / BATCHES)
    return {'losses': losses, 'gradients': gradients, 'state': model.state_dict()}


def as_it_trains(method: str, rank: int, part: slice) -> dict[str, Tensor]:
    """Weights and queues after a step with random regions and the batch's own statistics."""
    model = build(method)
    wrapper = MMDistributedDataParallel(model, broadcast_buffers=False)
    torch.manual_seed(10 + rank)
    model.after_step_attached = True
    optimizer = OptimWrapper(torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad], lr=0.01))
    wrapper.train_step(batch(0, part), optimizer)
    model.after_step(0.5)
    return {name: tensor for name, tensor in model.state_dict().items()
            if 'running' not in name}


def keys(rank: int, part: slice) -> dict[str, Tensor]:
    """Pooled target maps of this process's images, in training or not, shuffled or not."""
    found = {}
    for training, shuffled in itertools.product((True, False), (True, False)):
        model = build('regioncl-m').train(training)
        model.shuffle_bn = shuffled
        torch.manual_seed(20 + rank)
        found[f'{training}-{shuffled}'] = model.encode_target(
            batch(0, part)['inputs'][0], pooled)['mean']
    return found


def pooled(maps) -> dict[str, Tensor]:
    return {'mean': maps[-1].mean((2, 3))}


def refusal(model: RegionCL | SCD, inputs: list[Tensor]) -> str:
    try:
        model(inputs, mode='loss')
    except ValueError as error:
        return str(error)
    return ''


def work(rank: int, port: int, folder: Path) -> None:
    """One process; writes all that the tests ask for."""
    torch.set_num_threads(1)
    os.environ.update(RANK=str(rank), WORLD_SIZE='2', LOCAL_RANK=str(rank),
                      MASTER_ADDR='127.0.0.1', MASTER_PORT=str(port))
    torch.distributed.init_process_group('gloo')
    part, found = slice(rank * IMAGES, (rank + 1) * IMAGES), {}
    for method in METHODS:
        model = build(method)
        wrapper = MMDistributedDataParallel(model, broadcast_buffers=False)
        found[method] = {**train(wrapper.train_step, model, 1, part),
                         'trained': as_it_trains(method, rank, part)}
    inputs = batch(0, part)['inputs']
    short = tiny_pairs.regioncl(head={**tiny_pairs.MOCO, 'queue_length': 2 * IMAGES - 1})
    found |= {'keys': keys(rank, part), 'short queue': refusal(short, inputs),
              'one image': refusal(build('regioncl-m'), [view[:1] for view in inputs])}
    torch.save(found, folder / f'{rank}.pth')
    torch.distributed.destroy_process_group()
