"""What every test shares: checked shapes, fixed seeds, one thread, and the real images."""
from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import jaxtyping
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope

ROOT = Path(__file__).resolve().parent.parent

# Before anything of the package is imported: shapes and types in signatures hold, or a test fails.
# Not in modules whose names start with `_`, which numba compiles; an int is a float (PEP 484).
jaxtyping.install_import_hook(
    [
        f'oadp_mm.{room}.{path.stem}'
        for room in ('ops', 'layers')
        for path in (ROOT / 'oadp_mm' / room).glob('[!_]*.py')
    ],
    'beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))',
)
# The order of a threaded sum depends on the machine.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeds() -> None:
    """A test draws the same numbers alone and in the suite."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 (OpenMMLab's transforms draw from the global state)
    torch.manual_seed(0)


def _scope_stays() -> Iterator[None]:
    known = DefaultScope._instance_dict
    before = dict(known)
    yield
    known.clear()
    known.update(before)


@pytest.fixture(autouse=True)
def host_scope() -> Iterator[None]:
    """A runner leaves its host's scope behind, in which the next test would build its models."""
    yield from _scope_stays()


@pytest.fixture(autouse=True, scope='module')
def host_scope_of_a_module() -> Iterator[None]:
    """And so does one in a fixture of a module, which begins before that of a test."""
    yield from _scope_stays()


@pytest.fixture
def unchecked() -> Iterator[None]:
    """No shape checks, so that our own error messages are what a wrong argument meets."""
    jaxtyping.config.update('jaxtyping_disable', True)
    yield
    jaxtyping.config.update('jaxtyping_disable', False)


@pytest.fixture(scope='session')
def oadp_data() -> Path:
    """The folder of real images: OADP_DATA, else ../shared/data. Skips if neither can be."""
    named, shared = os.environ.get('OADP_DATA'), ROOT.parent / 'shared'
    folder = Path(named) if named else shared / 'data'
    if folder.is_dir():
        return folder.resolve()
    if named or (os.environ.get('CI') and shared.is_dir()):
        pytest.fail(f'the real images should be in {folder}, but there is no such folder')
    pytest.skip(f'no real images: neither OADP_DATA nor {folder} is there')
