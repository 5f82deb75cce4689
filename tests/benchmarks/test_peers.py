"""Without lightly, which has an environment of its own: the other peers, processes and table."""
from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.peer_openmmlab import FAST
from benchmarks.peer_process import Process, lightly_python, run
from benchmarks.peers import METHODS, Row, complaints, rows, table, write_batch

SIDE = 96


def row(method: str, package: str, seconds: list[float], **checks) -> Row:
    return Row(method, package, 'BYOL', 'module', method, seconds, [0.002, 0.009, 0.004], 3 * 2**20,
               {'parameters': 1234, 'gradient': 2.0, 'losses': [1.0, 0.5]} | checks)


def test_the_table_pairs_rounds_with_the_hosts():
    measured = [row('BYOL', 'mmpretrain', [1.0, 2.0, 4.0]), row('OADP', 'ours', [4.0, 3.0, 5.0])]
    host, ours = table(measured, batch=6).splitlines()[2:]
    assert host == '| BYOL, mmpretrain | 1,234 | 2.00 | 3.0, 6.0 | 1.00 | 4.0 | 3 |'
    # Of 4, 1.5 and 1.25 the median is 1.5, though those of the seconds are 4 to 2.
    assert ours == '| OADP, ours | 1,234 | 2.00 | 1.5, 2.0 | 1.50 | 4.0 | 3 |'


def test_a_row_that_is_not_what_it_claims_is_told():
    good = row('BYOL', 'a', [1.0])
    assert complaints([good, row('BYOL', 'b', [1.0], gradient=2.01)]) == []
    for bad in ({'gradient': 2.1}, {'gradient': float('inf')}, {'losses': [1.0, 1.0]},
                {'losses': [1.0, float('nan')]}):
        (line,) = complaints([good, row('BYOL', 'b', [1.0], **bad)])
        assert line.startswith('NOT') and 'BYOL, b' in line
    fast = row('BYOL', 'c', [1.0], gradient=2.1)
    fast.name = 'BYOL' + FAST
    assert complaints([good, fast]) == []


def test_each_method_brings_the_row_it_is_held_against():
    assert next(row.package for row in rows(['OADP'])) == 'mmpretrain'
    for methods in (['OADP'], ['DenseCL'], ['BYOL'], METHODS):
        listed = rows(methods)
        assert {row.method for row in listed} >= set(methods)
        assert {row.base for row in listed} <= {
            row.method for row in listed if row.package == 'mmpretrain'}


@pytest.fixture
def files(tmp_path) -> list[str]:
    paths = [str(tmp_path / f'{index}.jpg') for index in range(2)]
    for seed, path in enumerate(paths):
        pixels = np.random.default_rng(seed).integers(0, 256, (120, 150, 3), np.uint8)
        cv2.imwrite(path, cv2.GaussianBlur(pixels, (0, 0), 5))
    return paths


@pytest.mark.integration
def test_the_same_method_of_two_packages_has_one_gradient(tmp_path, files):
    write_batch(files, 18, SIDE, tmp_path / 'batch.pt')
    answers = []
    for name in ('mmpretrain BYOL', 'BYOL'):
        spec = dict(module='peer_openmmlab', method=name, depth=18, size=SIDE, threads=1,
                    batch=str(tmp_path / 'batch.pt'))
        with Process(sys.executable, spec, tmp_path / 'log') as process:
            answers.append(process.ask('checks', 1))
            step, views = process.ask('steps', 1), process.ask('files', files)
        assert process.process.returncode is not None
        assert step['seconds'][0] > 0 and len(views['seconds']) == 2
        assert views['shapes'] == [['torch.float32', 3, SIDE, SIDE]]
    host, ours = answers
    assert ours['gradient'] == pytest.approx(host['gradient'], rel=1e-4)
    assert ours['parameters'] == host['parameters']
    # Ours is 2 - 2 cos each way, the host's is without the 2.
    assert ours['losses'][0] - 4 == pytest.approx(host['losses'][0], abs=1e-4)


@pytest.mark.integration
def test_a_worker_that_dies_says_why(tmp_path):
    spec = dict(module='peer_of_nobody', method='BYOL', depth=18, size=SIDE, threads=1, batch='')
    with Process(sys.executable, spec, tmp_path / 'log') as process, pytest.raises(
            RuntimeError, match=r'peer_of_nobody.*asked for steps of BYOL: ModuleNotFoundError'):
        process.ask('steps', 1)


@pytest.mark.integration
def test_a_python_without_lightly_is_refused_and_none_is_made(tmp_path):
    with pytest.raises(RuntimeError, match='No module named'):
        lightly_python(tmp_path / 'made', given=Path(sys.executable))
    with pytest.raises(RuntimeError, match='nowhere: No such file'):
        run(tmp_path / 'nowhere')
    assert not (tmp_path / 'made').exists()
