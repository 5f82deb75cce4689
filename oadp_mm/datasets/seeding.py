"""Random numbers that depend on where a training is and on nothing that went before."""
from __future__ import annotations

import random
from enum import IntEnum

import numpy as np
import torch
from torch.utils.data import get_worker_info

from oadp_mm.registry import FUNCTIONS


class Draws(IntEnum):
    """What numbers are drawn for: the first of a key, so that no two kinds share one."""

    ITEM = 0
    WORKERS = 1
    ITERATION = 2


def seed_generators(*key: int) -> None:
    """Seed the global generators of Python, numpy and torch, on all devices in use.

    Neighbouring keys give unrelated numbers, since `numpy.random.SeedSequence` mixes them. About
    20 microseconds (torch.manual_seed alone takes 90, as long as CUDA sleeps).

    Args:
        key: integers of at least 0.
    """
    words = np.random.SeedSequence(key).generate_state(6)
    python, numpy, torchs = words[:2], words[2:4], words[4:]
    random.seed(int.from_bytes(python.tobytes(), 'little'))
    np.random.seed(numpy)  # noqa: NPY002 - OpenMMLab's transforms draw from it
    seed = int.from_bytes(torchs.tobytes(), 'little')
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)


@FUNCTIONS.register_module()
def seed_worker(worker: int) -> None:
    """A data worker's seed: `worker_init_fn=dict(type='oadp_mm.seed_worker')`.

    mmengine's own function knows no epoch, so workers that start anew, after a resume or with
    `persistent_workers=False`, repeat the numbers of the first epoch. This one takes the seed that
    torch draws in the training process for each start of the workers, and
    `oadp_mm.SeedHook` makes that a matter of (seed, process, iteration).

    Args:
        worker: number of the worker, which its seed contains.
    """
    info = get_worker_info()
    assert info is not None and info.id == worker, 'a data loader calls it, in its workers'
    seed_generators(info.seed)
