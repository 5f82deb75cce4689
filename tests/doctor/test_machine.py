"""Cores, memory and disk that are enough, and such as are not."""
from __future__ import annotations

from pathlib import Path

import pytest

from oadp_mm.doctor import machine

G = 1 << 30


@pytest.mark.parametrize(('cores', 'granted', 'mark'), [
    (8, 8.0, 'ok'), (64, 4.0, 'note'), (2, 1.6, 'ok'), (2, 1.0, 'note')])
def test_cores_that_a_container_may_use(cores, granted, mark):
    assert machine.cores_finding(cores, granted).mark == mark


def test_a_quota_below_the_cores_names_workers_and_threads():
    sentence = machine.cores_finding(64, 4.0).sentence
    assert '4 of 64' in sentence and '--workers 3 and OMP_NUM_THREADS=4' in sentence


def test_this_process_has_a_core():
    assert machine.granted_cores() > 0


def test_memory_is_noted_where_little_is_left():
    assert machine.memory_finding(16 * G, None).mark == 'ok'
    assert machine.memory_finding(16 * G, 2 * G).mark == 'ok'
    found = machine.memory_finding(16 * G, G)
    assert found.mark == 'note' and found.sentence.startswith('1.0 of 16 GiB are free')


def test_a_container_has_no_more_free_than_its_limit():
    assert machine.memory_finding(G, 64 * G).sentence.startswith('1.0 of 1 GiB')


def test_shared_memory_of_a_container_is_a_problem():
    needed = 8 * machine.AHEAD * machine.BATCH
    found = machine.shared_memory_finding(64 << 20, needed)  # docker's default
    assert found.mark == 'problem'
    assert '--shm-size' in found.sentence and '--workers 0' in found.sentence
    assert machine.shared_memory_finding(needed, needed).mark == 'ok'
    assert machine.shared_memory_finding(0, 0).mark == 'ok'  # no workers


@pytest.mark.parametrize(('free', 'mark'), [(29, 'problem'), (30, 'note'), (119, 'note'),
                                            (120, 'ok')])
def test_a_disk_holds_three_checkpoints_of_several_trainings(free, mark):
    assert machine.disk_finding(Path('runs'), free * G, 10 * G).mark == mark


def test_the_disk_is_that_of_the_folder_above(tmp_path):
    place, free = machine.free_disk(tmp_path / 'not/there')
    assert place == tmp_path and free > 0


def test_all_of_this_machine_are_told():
    topics = [finding.topic for finding in machine.machine_findings(quick=True)]
    assert {'device', 'cores', 'memory'} <= set(topics)
