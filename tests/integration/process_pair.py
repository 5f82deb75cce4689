"""What each of two processes, or one with their joined batch, finds out about the algorithms."""
from __future__ import annotations

import itertools
import os
from functools import cache, partial
from pathlib import Path
from unittest import mock

import torch
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import OptimWrapper
from torch import Tensor

from oadp_mm.models import Pretrainer
from oadp_mm.models.algorithms import regioncl as algorithm
from oadp_mm.ops.regions import Region
from tests.models import tiny_pairs
from tests.models.forms import ALGORITHMS, Form, changed
from tests.models.forms import batch as photos

SHUFFLED = {f'{name}-shuffled': Form(partial(ALGORITHMS[name].make, shuffle_bn=True))
            for name in ('regioncl-moco', 'regioncl-densecl', 'scd-moco')}
#: A ViT has no statistics that could differ between processes.
METHODS = {name: form for name, form in {**ALGORITHMS, **SHUFFLED}.items()
           if not name.endswith('vit')}
#: Images of one process; batches, two of which make an optimizer step. A queue holds 12 keys, so
#: that 4 batches of 8 go around it.
IMAGES, BATCHES = 4, 4
REGIONS = (Region(1, 2, 2, 1), Region(0, 0, 1, 3), Region(2, 1, 2, 3))


def build(method: str) -> Pretrainer:
    # Batches stay as they are, float64, so that sums in another order still agree.
    return METHODS[method].make(data_preprocessor={'type': 'mmengine.BaseDataPreprocessor'})


def batch(method: str, number: int, part: slice = slice(None)) -> dict:
    """A batch of both processes, or a part of it; every one is another."""
    rolled = {name: [view.roll(5 * number, -1) for view in views]
              if isinstance(views, list) else views for name, views in both(method).items()}
    return changed(rolled, lambda each: each[part])


@cache
def both(method: str) -> dict:
    return photos(METHODS[method], 2 * IMAGES)


def shift_within(processes: int, count: int) -> Tensor:
    """The next image of the same process, for images of several processes."""
    return torch.arange(count).unflatten(0, (processes, -1)).roll(-1, 1).flatten()


def train(method: str, step, model: Pretrainer, processes: int,
          part: slice = slice(None)) -> dict:
    """What there is to compare after BATCHES calls of `step`, the model's or its wrapper's.

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
            logged = step(batch(method, number, part), optimizer)
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
    wrapper.train_step(batch(method, 0, part), optimizer)
    model.after_step(0.5)
    return {name: tensor for name, tensor in model.state_dict().items()
            if 'running' not in name}


def keys(rank: int, part: slice) -> dict[str, Tensor]:
    """Pooled target maps of this process's images, in training or not, shuffled or not."""
    found = {}
    for training, shuffled in itertools.product((True, False), (True, False)):
        model = build('regioncl-moco').train(training)
        model.shuffle_bn = shuffled
        torch.manual_seed(20 + rank)
        found[f'{training}-{shuffled}'] = model.encode_target(
            batch('regioncl-moco', 0, part)['inputs'][0], pooled)['mean']
    return found


def pooled(maps) -> dict[str, Tensor]:
    return {'mean': maps[-1].mean((2, 3))}


def refusal(model: Pretrainer, inputs: list[Tensor]) -> str:
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
        found[method] = {**train(method, wrapper.train_step, model, 1, part),
                         'trained': as_it_trains(method, rank, part)}
    inputs = batch('regioncl-moco', 0, part)['inputs']
    short = tiny_pairs.regioncl(head={**tiny_pairs.MOCO, 'queue_length': 2 * IMAGES - 1})
    found |= {'keys': keys(rank, part), 'short queue': refusal(short, inputs),
              'one image': refusal(build('regioncl-moco'), [view[:1] for view in inputs])}
    torch.save(found, folder / f'{rank}.pth')
    torch.distributed.destroy_process_group()
