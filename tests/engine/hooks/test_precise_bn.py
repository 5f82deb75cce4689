from __future__ import annotations

import copy
import socket
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.multiprocessing as mp
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from torch import nn

from oadp_mm.engine import PreciseBNHook, Runner
from oadp_mm.files.checkpoint import read_checkpoint

BATCH, STEPS, MEASURED = 2, 3, 5
#: Images of one row, of means and deviations that differ; the sampler goes around them.
DATA = [{'inputs': image} for image in torch.randn(
    16, 3, 6, generator=torch.Generator().manual_seed(0)) * torch.arange(1, 17)[:, None, None]]
STATISTICS = ('running_mean', 'running_var')


class Normed(BaseModel):
    """Two norms that train with a weight between them, and one that is frozen."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.first, self.second = nn.BatchNorm1d(3), nn.BatchNorm1d(4)
        self.mix, self.frozen = nn.Linear(3, 4), nn.BatchNorm1d(4)

    def train(self, mode: bool = True) -> Normed:
        super().train(mode)
        self.frozen.eval()
        return self

    def forward(self, inputs, mode='loss', **meta):
        rows = self.first(inputs).transpose(1, 2).flatten(0, 1)
        return {'loss': (self.frozen(self.second(self.mix(rows))) - 1).square().mean()}


class Seen(Hook):
    """The statistics that a validation would find, and the batches that were trained on."""

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.before = self.state = None

    def before_train(self, runner) -> None:
        self.before = copy.deepcopy(runner.model.state_dict())

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        self.state = copy.deepcopy(runner.model.state_dict())


def train(work: Path, hooks: list, lr: float = 0.1, steps: int = STEPS, data=DATA, by_epoch=False,
          resume=False, stop: int | None = None) -> nn.Module:
    runner = Runner(
        model=Normed(), work_dir=str(work), experiment_name=f'{work.name}-{steps}-{resume}-{stop}',
        train_dataloader={
            'dataset': data, 'batch_size': BATCH, 'num_workers': 0,
            'collate_fn': {'type': 'default_collate'},
            'sampler': {'type': 'DefaultSampler' if by_epoch else 'InfiniteSampler',
                        'shuffle': False}},
        train_cfg={'by_epoch': by_epoch, f'max_{"epochs" if by_epoch else "iters"}': steps},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': lr}}, custom_hooks=hooks,
        default_hooks={'checkpoint': {
            'type': 'oadp_mm.CheckpointHook', 'by_epoch': by_epoch, 'interval': stop or 1}},
        default_scope='mmengine', randomness={'seed': 0}, resume=resume)
    runner.train()
    return runner.model


def reference(model: Normed, batches: list[np.ndarray]) -> list[np.ndarray]:
    """Mean and unbiased variance of what both norms read, by numpy in float64: all values of all
    batches together, the second norm behind a first that divides by its batch's own."""
    state = {key: value.double().numpy() for key, value in model.state_dict().items()}
    first = [batch.transpose(0, 2, 1).reshape(-1, 3) for batch in batches]
    second = [((rows - rows.mean(0)) / np.sqrt(rows.var(0) + 1e-5) * state['first.weight']
               + state['first.bias']) @ state['mix.weight'].T + state['mix.bias']
              for rows in first]
    return [moment for rows in (first, second) for moment in (
        np.concatenate(rows).mean(0), np.concatenate(rows).var(0, ddof=1))]


def following(number: int, count: int) -> list[np.ndarray]:
    """Batches `number`, `number + 1`, ... in the order of the data, around and around."""
    images = torch.stack([each['inputs'] for each in DATA]).double().numpy()
    return [images[np.arange(BATCH * i, BATCH * (i + 1)) % len(images)]
            for i in range(number, number + count)]


def found(state: dict) -> list[np.ndarray]:
    return [state[f'{norm}.{name}'].numpy() for norm in ('first', 'second') for name in STATISTICS]


def assert_statistics(state: dict, expected: list[np.ndarray]) -> None:
    for ours, theirs in zip(found(state), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_statistics_are_those_of_the_batches_that_would_come_next(tmp_path):
    """At the trained weights; checkpoint and validation have them, and nothing else moved."""
    model = train(tmp_path / 'precise', [PreciseBNHook(MEASURED), seen := Seen()])
    plain = train(tmp_path / 'plain', []).state_dict()
    assert_statistics(model.state_dict(), reference(model, following(STEPS, MEASURED)))
    stored = read_checkpoint(tmp_path / f'precise/iter_{STEPS}.pth').tensors
    for state in (stored, seen.state):
        assert all(torch.equal(state[key], tensor) for key, tensor in model.state_dict().items())
    moved = {key for key, tensor in model.state_dict().items() if not torch.equal(
        tensor, plain[key])}
    assert moved == {f'{norm}.{name}' for norm in ('first', 'second') for name in STATISTICS}
    assert not torch.equal(seen.before['mix.weight'], plain['mix.weight'])


def test_before_the_last_step_running_averages_stay(tmp_path):
    train(tmp_path / 'precise', [PreciseBNHook(MEASURED)])
    train(tmp_path / 'plain', [])
    first, second = (read_checkpoint(tmp_path / f'{name}/iter_{STEPS - 1}.pth').tensors
                     for name in ('precise', 'plain'))
    assert first.keys() == second.keys()
    assert all(torch.equal(tensor, second[key]) for key, tensor in first.items())


def test_a_training_by_epochs_gives_no_more_than_an_epoch(tmp_path):
    model = train(tmp_path / 'epochs', [PreciseBNHook(100)], by_epoch=True, steps=2)
    assert_statistics(model.state_dict(), reference(model, following(0, len(DATA) // BATCH)))
    stored = read_checkpoint(tmp_path / 'epochs/epoch_2.pth').tensors
    assert torch.equal(stored['first.running_mean'], model.first.running_mean)


class Stop(Hook):
    priority = 'LOWEST'

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None) -> None:
        if runner.iter + 1 == STEPS - 1:
            raise KeyboardInterrupt


def test_a_resumed_training_ends_with_the_same_and_a_finished_one_keeps_them(tmp_path):
    whole = train(tmp_path / 'whole', [PreciseBNHook(MEASURED)]).state_dict()
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / 'resumed', [PreciseBNHook(MEASURED), Stop()], stop=STEPS - 1)
    resumed = train(tmp_path / 'resumed', [PreciseBNHook(MEASURED)], resume=True).state_dict()
    again = train(tmp_path / 'resumed', [PreciseBNHook(1)], resume=True).state_dict()
    for state in (resumed, again):
        assert all(torch.equal(state[key], tensor) for key, tensor in whole.items())


@pytest.mark.parametrize('count', [0, 2.5])
def test_a_number_of_batches(count):
    with pytest.raises(ValueError, match=f'an integer of at least 1, got {count}'):
        PreciseBNHook(count)


def test_a_model_without_batch_norms_is_told_before_the_first_step(make_runner, line):
    with pytest.raises(ValueError, match=r'no batch norm with statistics in Line: take it out'):
        make_runner(line, [PreciseBNHook()]).train()
    assert not line.steps


def work(rank: int, port: int, folder: Path) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        'gloo', init_method=f'tcp://127.0.0.1:{port}', rank=rank, world_size=2)
    model = train(folder / 'two', [PreciseBNHook(2)], lr=0, steps=1)
    torch.save(model.state_dict(), folder / f'{rank}.pth')
    torch.distributed.destroy_process_group()


@pytest.mark.integration
def test_two_processes_find_what_one_finds_in_their_batches(tmp_path):
    """Process r of 2 takes every second image from r on, in batches of two."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    mp.spawn(work, (port, tmp_path), nprocs=2)
    first, second = (torch.load(tmp_path / f'{rank}.pth') for rank in (0, 1))
    for name in STATISTICS:
        assert torch.equal(first[f'second.{name}'], second[f'second.{name}'])
    order = [i + k + rank for i in range(0, len(DATA), 4) for rank in (0, 1) for k in (0, 2)]
    one = train(tmp_path / 'one', [PreciseBNHook(4)], lr=0, steps=2, data=[DATA[i] for i in order])
    assert_statistics(first, found(one.state_dict()))
    images = torch.stack([DATA[i]['inputs'] for i in order]).double().numpy()
    assert_statistics(first, reference(one, [images[i:i + 2] for i in range(4, 12, 2)]))
