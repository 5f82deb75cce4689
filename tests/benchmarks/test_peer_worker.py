from __future__ import annotations

import pytest
import torch
from torch import nn

from benchmarks.peer_worker import STATUS, Worker, resident, same_start

MIB = 2**20


class Quadratic:
    """Half the square of one weight, and a count of losses in a buffer; a step may take memory."""

    def __init__(self, extra: int = 0) -> None:
        self.networks, self.extra, self.moved = nn.Module(), extra, 0
        self.networks.weight = nn.Parameter(torch.zeros(1))
        self.networks.register_buffer('losses', torch.zeros(()))

    def loss(self, batch):
        self.networks.losses += 1
        torch.ones(self.extra, dtype=torch.uint8)
        return (self.networks.weight ** 2).sum() / 2

    def after_step(self):
        self.moved += 1

    def views(self, file):
        return [torch.zeros(3, 4, 4), torch.zeros(3, len(file), 4)]


def test_descent_goes_along_the_gradient_and_leaves_the_rest():
    worker = Worker(peer := Quadratic(), {})
    # The start is 1, whose gradient is 1: a step is then 0.01 of the weight itself.
    checks = worker.checks(2)
    assert checks['gradient'] == 1 and checks['parameters'] == 1
    assert checks['losses'] == pytest.approx([0.5, 0.5 * 0.99**2, 0.5 * 0.99**4])
    assert peer.networks.losses == 0 and peer.moved == 0
    assert worker.optimizer.state == {}


def test_steps_are_those_of_sgd_with_momentum():
    worker = Worker(peer := Quadratic(), {})
    first, second = 1, 1 - 0.01
    third = second - 0.01 * (0.9 * first + second)
    answer = worker.steps(3)
    assert answer['losses'] == pytest.approx([w**2 / 2 for w in (first, second, third)])
    assert len(answer['seconds']) == peer.moved == 3


@pytest.mark.skipif(not STATUS.exists(), reason='only Linux tells')
def test_the_peak_is_what_training_takes():
    worker = Worker(Quadratic(extra=256 * MIB), {})
    worker.checks(1)
    # pages of the process itself come and go
    assert worker.steps(1)['bytes'] == pytest.approx(256 * MIB, abs=16 * MIB)
    worker.peer.extra = 64 * MIB  # and is forgotten before the next steps
    assert worker.steps(1)['bytes'] == pytest.approx(64 * MIB, abs=16 * MIB)
    assert resident() < resident('VmHWM')


def test_views_are_timed_file_by_file():
    answer = Worker(Quadratic(), {}).files(['a', 'bb', 'bb'])
    assert len(answer['seconds']) == 3
    assert {tuple(shape[1:]) for shape in answer['shapes']} == {(3, 4, 4), (3, 1, 4), (3, 2, 4)}


def test_networks_of_one_shape_start_alike_whatever_their_names():
    ours = nn.ModuleDict({'a': nn.Conv2d(3, 4, 1), 'b': nn.BatchNorm2d(4), 'c': nn.Linear(4, 2)})
    target = nn.ModuleDict({'z': nn.Linear(3, 4, bias=False), 'y': nn.Linear(4, 2)})
    theirs = nn.ModuleDict({
        'target': target.requires_grad_(False), 'x': nn.Linear(3, 4), 'w': nn.BatchNorm1d(4),
        'v': nn.Linear(4, 2, bias=False)})
    nn.init.constant_(ours['b'].weight, 7)
    for networks in (ours, theirs):
        same_start(networks)
    first = ours['a'].weight.flatten(1)
    assert torch.equal(first, theirs['x'].weight) and torch.equal(first, target['z'].weight)
    second = ours['c'].weight
    assert torch.equal(second, theirs['v'].weight) and torch.equal(second, target['y'].weight)
    assert not ours['a'].bias.any() and (ours['b'].weight == 1).all()
    assert not torch.allclose(first.flatten()[:8] / first[0, 0], second.flatten() / second[0, 0])
