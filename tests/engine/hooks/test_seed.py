from __future__ import annotations

import numpy as np
import pytest
import torch
from mmengine.hooks import Hook

from oadp_mm.datasets import MultiViewDataset

HOOK = {'type': 'oadp_mm.SeedHook'}
VIEWS = {'crop': {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 8}, 'changes': [],
         'each': {'only': {}}}
EPOCHS = {'by_epoch': True, 'max_epochs': 4}


class Witness(Hook):
    """Writes down what the model of each iteration would draw, and the views that it got."""

    def __init__(self) -> None:
        self.drawn, self.views = [], []

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        self.views.append(data_batch['inputs'][0].clone())
        self.drawn.append(float(torch.rand(())))
        torch.rand(batch_idx)  # a model may draw more or less


def pictures():
    rng = np.random.default_rng(0)
    return [{'img': rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)} for _ in range(3)]


@pytest.fixture
def train(make_runner, line):
    line.forward = lambda inputs, mode='loss', **meta: {
        'loss': (line.weight(inputs[0].float().mean((1, 2, 3))[:, None]) ** 2).mean()}

    def run(data=None, **changed):
        witness = Witness()
        # Whatever the generators hold when a training starts; mmengine would seed them.
        make_runner(line, [HOOK, witness], data or MultiViewDataset(pictures(), VIEWS),
                    default_scope='mmpretrain', **{'train_cfg': EPOCHS, **changed}).train()
        return witness

    return run


def test_each_iteration_draws_numbers_of_its_own(train):
    witness = train()
    assert len(set(witness.drawn)) == 12
    views = [view for each in witness.views for view in each]
    assert not any(torch.equal(views[i], views[j]) for i in range(12) for j in range(i))


def test_a_resumed_training_draws_what_the_whole_one_drew(train, tmp_path):
    whole = train(work_dir=str(tmp_path / 'whole'))
    first = train(train_cfg={**EPOCHS, 'max_epochs': 2})
    resumed = train(resume=True)
    assert first.drawn + resumed.drawn == whole.drawn
    assert all(map(torch.equal, first.views + resumed.views, whole.views))


def test_seeds_differ(train, tmp_path):
    one = train(work_dir=str(tmp_path / 'one'))
    other = train(work_dir=str(tmp_path / 'other'), randomness={'seed': 1})
    assert not set(one.drawn) & set(other.drawn)
    assert not any(map(torch.equal, one.views, other.views))


def test_processes_differ(train, tmp_path, monkeypatch):
    one = train(work_dir=str(tmp_path / 'one'))
    monkeypatch.setattr('oadp_mm.engine.hooks.seed.get_rank', lambda: 1)
    other = train(work_dir=str(tmp_path / 'other'))
    assert not set(one.drawn) & set(other.drawn)
    assert not any(map(torch.equal, one.views, other.views))


def test_a_training_that_counts_iterations_leaves_views_to_the_workers(train):
    """It asks for an item again and again in what is one epoch to it."""
    data = MultiViewDataset(pictures()[:1], VIEWS)
    witness = train(data, train_cfg={'by_epoch': False, 'max_iters': 4},
                    loader={'sampler': {'type': 'InfiniteSampler'}},
                    default_hooks={'checkpoint': None})
    assert len(set(witness.drawn)) == 4
    views = [view for each in witness.views for view in each]
    assert not any(torch.equal(views[i], views[j]) for i in range(4) for j in range(i))


def test_a_resumed_training_that_counts_iterations_keeps_the_order_of_its_data(train, tmp_path):
    data = [{'inputs': [torch.full((3, 8, 8), float(number))]} for number in range(5)]

    def count(iterations, **changed):
        return train(data, train_cfg={'by_epoch': False, 'max_iters': iterations}, loader={
            'sampler': {'type': 'InfiniteSampler', 'shuffle': True}}, default_hooks={
            'checkpoint': {'type': 'CheckpointHook', 'interval': 1, 'by_epoch': False}}, **changed)

    whole = count(12, work_dir=str(tmp_path / 'whole'))
    first, resumed = count(7), count(12, resume=True)
    assert len(resumed.views) == 5
    assert all(map(torch.equal, first.views + resumed.views, whole.views))
    assert first.drawn + resumed.drawn == whole.drawn
