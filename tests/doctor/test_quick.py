"""Before a training's plan the doctor speaks only of what is not well."""
from __future__ import annotations

from pathlib import Path

import pytest

from oadp_mm.doctor import machine, quick
from oadp_mm.doctor.finding import Finding


@pytest.fixture
def well(monkeypatch):
    """A machine of which nothing is to be said."""
    monkeypatch.setattr(quick, 'machine_findings', lambda *args, **kwargs: [
        Finding('ok', 'cores', '8')])
    monkeypatch.setattr(quick, 'needed_findings', lambda python: [Finding('ok', 'python', '')])
    monkeypatch.setattr(quick, 'free_disk', lambda work_dir: (work_dir, machine.PLENTY))


def test_nothing_is_said_where_all_is_well(well):
    def never() -> int:
        raise AssertionError('a disk with plenty asks for no size')

    assert quick.quick_lines(Path('runs'), checkpoint=never) == []


def test_a_small_disk_is_enough_for_small_checkpoints(well, monkeypatch):
    monkeypatch.setattr(quick, 'free_disk', lambda work_dir: (work_dir, 1 << 30))
    assert quick.quick_lines(Path('runs'), checkpoint=lambda: 1 << 20) == []
    line, = quick.quick_lines(Path('runs'), checkpoint=lambda: 1 << 29)
    assert line.startswith('oadp-mm: problem: disk: 1.0 GiB are free in runs')


def test_problems_come_first(well, monkeypatch):
    monkeypatch.setattr(quick, 'machine_findings', lambda *args, **kwargs: [
        Finding('note', 'cores', 'few'), Finding('problem', '/dev/shm', 'small')])
    assert quick.quick_lines(Path('runs')) == [
        'oadp-mm: problem: /dev/shm: small', 'oadp-mm: note: cores: few']


def test_detectors_ask_for_operators(well, monkeypatch):
    monkeypatch.setattr(quick, 'operators_finding', lambda needed: Finding(
        'problem' if needed else 'note', 'operators', 'none'))
    assert quick.quick_lines(Path('runs')) == []
    assert quick.quick_lines(Path('runs'), detectors=True) == [
        'oadp-mm: problem: operators: none']
