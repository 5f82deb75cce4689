from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from mmengine.registry import FUNCTIONS
from torch.utils.data import DataLoader

from oadp_mm.datasets.seeding import Draws, seed_generators


def draw() -> tuple[float, float, float]:
    return random.random(), np.random.random(), float(torch.rand(()))  # noqa: NPY002


def test_all_three_generators_depend_on_the_key_and_on_nothing_before():
    seed_generators(3, 1, 4)
    first = draw()
    draw()
    seed_generators(3, 1, 4)
    assert draw() == first
    seed_generators(3, 1, 5)
    assert not set(draw()) & set(first)


def test_keys_differ_by_what_they_are_for():
    """Whatever the numbers behind it; numpy pads a short key with zeros, which come last."""
    keys = [(kind, *rest) for kind in Draws for rest in ((0, 0, 0), (0, 0, 1), (1, 0, 0))]
    drawn = set()
    for key in keys:
        seed_generators(*key)
        drawn |= set(draw())
    assert len(drawn) == 3 * len(keys)


def test_neighbouring_keys_draw_unrelated_numbers():
    """Uniform and uncorrelated: 4 standard deviations of means of 4,000 and of their products."""
    drawn = np.empty((4000, 3))
    for step in range(len(drawn)):
        seed_generators(Draws.ITERATION, 0, 0, step)
        drawn[step] = draw()
    centred = (drawn - 0.5) * np.sqrt(12)
    assert np.abs(centred.mean(0)).max() < 4 / np.sqrt(4000)
    assert np.abs((centred[1:] * centred[:-1]).mean(0)).max() < 4 / np.sqrt(3999)


class Numbers:
    """What the generators of a worker give first."""

    def __len__(self):
        return 4

    def __getitem__(self, number):
        return torch.tensor(draw(), dtype=torch.float64)


@pytest.mark.integration
def test_workers_that_start_anew_go_by_the_training_process():
    """mmengine's own function gives them the numbers of the first epoch again."""
    loader = DataLoader(Numbers(), batch_size=1, num_workers=2,
                        worker_init_fn=FUNCTIONS.get('oadp_mm.seed_worker'))
    epochs = []
    for key in (1, 2, 1):
        seed_generators(Draws.WORKERS, key)
        epochs.append(torch.cat(list(loader)))
    assert torch.equal(epochs[0], epochs[2])
    assert len(torch.cat(epochs[:2]).unique()) == 2 * 4 * 3
