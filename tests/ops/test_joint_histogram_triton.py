"""The kernel without a GPU: run by Triton's interpreter, and compiled for the GPUs it is meant for.

The interpreter replaces Triton where it is first imported, so it has a process of its own.
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
import triton
from torch import Tensor
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from oadp_mm.ops import _joint_histogram_triton as kernel
from oadp_mm.ops._joint_histogram import joint_sums as compiled_loop
from oadp_mm.ops.information import mutual_information
from tests.ops.layouts import LAYOUTS
from tests.oracles import images
from tests.oracles.objectness import patches

ROOT = Path(__file__).resolve().parents[2]
INTERPRETED = """
import sys
from functools import partial
import torch
from oadp_mm.ops import information
from oadp_mm.ops._joint_histogram_triton import joint_sums
given, results = sys.argv[1:]
cases, strided = torch.load(given)
sums = [joint_sums(x, y, bins, table, programs=programs) for x, y, bins, table, programs in cases]
information._counter = lambda device: partial(joint_sums, programs=3)
bits = [information.mutual_information(x, y) for x, y in strided]
torch.save((sums, bits), results)
"""


class Case(NamedTuple):
    x: Tensor
    y: Tensor
    bins: int
    table: Tensor
    programs: int


def noise(batch: int, i: int, j: int, n: int, bins: int, programs: int) -> Case:
    """Any table will do that starts with 0, and one without a pattern shows every lost term."""
    draw = torch.Generator().manual_seed(n)
    x, y = (torch.randint(bins, (batch, rows, n), dtype=torch.uint8, generator=draw)
            for rows in (i, j))
    table = torch.randint(-2**50, 2**50, (n + 1,), generator=draw)
    table[0] = 0
    return Case(x, y, bins, table, programs)


def flat() -> Case:
    """One counter takes all pixels: the atomics of a whole program meet."""
    case = noise(1, 1, 1, 4099, 256, 1)
    return case._replace(x=torch.full((1, 1, 4099), 255, dtype=torch.uint8),
                         y=torch.full((1, 2, 4099), 255, dtype=torch.uint8))


def photos() -> Case:
    rows = torch.from_numpy(np.stack([
        [patch.ravel() for patch in patches(images.gray_photo(name, 112), 7, 2)[:3]]
        for name in images.PHOTOS[:2]]))
    return noise(1, 1, 1, 1024, 256, 4)._replace(x=rows[:, :2].contiguous(), y=rows.flip(2))


CASES = {
    # More pairs than programs: a counter that is not cleared is met again.
    'one program, 256 bins': noise(1, 3, 3, 1000, 256, 1),
    'a batch, 32 bins': noise(3, 2, 4, 501, 32, 5),
    'a batch, 7 bins': noise(2, 4, 3, 77, 7, 3),
    'more programs than pairs': noise(1, 1, 2, 33, 2, 64),
    'one pixel': noise(2, 1, 1, 1, 256, 1),
    'two blocks and a rest': noise(1, 2, 2, 8195, 64, 3),
    'flat': flat(),
    'photos': photos(),
}


PATCHES = tuple(torch.randint(256, (2, rows, 30), dtype=torch.uint8,
                              generator=torch.Generator().manual_seed(rows)) for rows in (2, 3))


@pytest.fixture(scope='module')
def interpreted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tensor]:
    """Sums of the cases, and mutual informations of the patches in each layout, by their names."""
    folder = tmp_path_factory.mktemp('interpreter')
    given, results = folder / 'given.pt', folder / 'results.pt'
    strided = [tuple(map(layout, PATCHES)) for layout in LAYOUTS.values()]
    torch.save(([tuple(case) for case in CASES.values()], strided), given)
    assert not any(x.is_contiguous() for pair in torch.load(given)[1] for x in pair)
    done = subprocess.run([sys.executable, '-c', INTERPRETED, given, results], cwd=ROOT, text=True,
                          env=os.environ | {'TRITON_INTERPRET': '1'}, capture_output=True)
    assert done.returncode == 0, done.stderr
    sums, bits = torch.load(results)
    return dict(zip([*CASES, *LAYOUTS], sums + bits, strict=True))


@pytest.mark.parametrize('name', CASES)
def test_sums_are_the_compiled_loops_to_the_last_bit(
    interpreted: dict[str, Tensor], name: str
) -> None:
    x, y, bins, table, _ = CASES[name]
    expected = compiled_loop(x.numpy(), y.numpy(), bins, table.numpy())
    np.testing.assert_array_equal(interpreted[name].numpy(), expected)


@pytest.mark.parametrize('name', LAYOUTS)
def test_memory_layout_does_not_matter(interpreted: dict[str, Tensor], name: str) -> None:
    assert torch.equal(interpreted[name], mutual_information(*PATCHES))


@pytest.mark.parametrize('capability', [80, 90])
def test_the_kernel_compiles_for_a_gpu(
    capability: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machine code of ptxas; counting is atomic and asks for no order but the two barriers."""
    monkeypatch.setenv('TRITON_CACHE_DIR', str(tmp_path))
    pointers = dict(x='*u8', y='*u8', step='*i64', counts='*i32', out='*i64')
    signature = pointers | dict.fromkeys(('i', 'j', 'n', 'pairs'), 'i32')
    constants = dict(bins=256, block=kernel._BLOCK)
    source = ASTSource(kernel._joint_sums, signature | dict.fromkeys(constants, 'constexpr'),
                       constants)
    built = triton.compile(source, target=GPUTarget('cuda', capability, 32),
                           options=dict(num_warps=kernel._WARPS, num_stages=1))
    assert built.asm['cubin'].startswith(b'\x7fELF')
    assert set(re.findall(r'\batom\.\S+', built.asm['ptx'])) == {'atom.global.gpu.relaxed.add.u32'}
    steps = re.findall(r'tt\.atomic_rmw|tt\.store|\w+\.barrier', built.asm['ttgir'])
    barrier = steps[-1]
    assert barrier.endswith('.barrier')
    # Count, the sum, clear.
    assert steps == ['tt.atomic_rmw', 'tt.store', barrier, 'tt.store', barrier]
