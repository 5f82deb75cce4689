from __future__ import annotations

import time
from contextlib import ExitStack

import pytest
import torch
from mmengine.runner import Runner as HostRunner
from torch.distributed import TCPStore

from oadp_mm.engine import Runner, roll_call
from oadp_mm.engine.roll_call import RollCall, has_waited, named


@pytest.fixture
def store(monkeypatch) -> TCPStore:
    monkeypatch.setattr(roll_call, 'BEAT_SECONDS', 0.05)
    monkeypatch.setattr(roll_call, 'MISSED_SECONDS', 0.5)
    return TCPStore('127.0.0.1', 0, 1, True, wait_for_workers=False)


def process(store: TCPStore, rank: int, processes: int, said: list[str]) -> RollCall:
    """With a connection of its own, as each process has."""
    return RollCall(TCPStore('127.0.0.1', store.port, is_master=False), rank, processes,
                    said.append)


def until(condition, seconds: float = 20.) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_who_stops_is_missed_by_all_and_named_once_by_the_first(store):
    said: list[list[str]] = [[], [], []]
    first, second, third = (process(store, rank, 3, said[rank]) for rank in range(3))
    with ExitStack() as running:
        running.enter_context(first)
        running.enter_context(second)
        with third:
            assert until(lambda: all(sign for sign, _ in first._heard.values()))
            assert not first.silent(5)
        assert until(lambda: bool(said[0]))
        assert first.missing() == second.missing() == [2]
        time.sleep(0.3)
    assert said == [['process 2 gave no sign of life for 0.5 s: the others wait'], [], []]


def test_the_second_misses_the_first(store):
    said: list[str] = []
    with process(store, 1, 2, said) as second:
        assert until(lambda: bool(said))
        assert second.missing() == [0]
    assert said == ['process 0 gave no sign of life for 0.5 s: the others wait']


def test_all_that_live_are_missed_by_nobody(store):
    with process(store, 0, 2, []) as first, process(store, 1, 2, []) as second:
        assert until(lambda: all(call._heard[1 - call._rank][0] for call in (first, second)))
        roll_call.BEAT_SECONDS = 2.  # for the question: a machine may be slow
        assert first.silent(2.5 * roll_call.BEAT_SECONDS) == []


def test_without_its_store_the_thread_ends_in_silence(store):
    said: list[str] = []
    with process(store, 1, 2, said) as second:
        second._store = None  # type: ignore[assignment]
        second._call = lambda: (_ for _ in ()).throw(RuntimeError('Connection reset by peer'))
        second._thread.join(20)
        assert not second._thread.is_alive()
        assert second.missing() == [0]  # who kept it
    assert said == []


@pytest.mark.parametrize(('words', 'waited'), [
    ('[gloo/unbound_buffer.cc:81] Timed out waiting 20000ms for recv operation', True),
    ('DataLoader timed out after 5 seconds', False),
    ('Connection closed by peer [127.0.0.1]:4242', True),
    ('Application timeout caused pair closure', True),
    ('Watchdog caught collective operation timeout: WorkNCCL(SeqNum=6)', True),
    ('CUDA out of memory', False),
    ('Expected to have finished reduction in the prior iteration', False)])
def test_what_a_process_that_waited_says(words, waited):
    assert has_waited(RuntimeError(words)) == waited
    assert not has_waited(ValueError(words))


def test_processes_are_listed():
    assert named([1]) == 'process 1'
    assert named(range(8)) == 'processes 0, 1, 2, 3, 4 and 3 more'


@pytest.fixture
def together(store, line, make_runner, monkeypatch):
    """Train as one of two processes, of which the host's training says something."""
    def run(words: str) -> None:
        def fail(runner) -> None:
            raise RuntimeError(words)

        runner = make_runner(line, [], cls=Runner)
        runner.build_train_loop(runner._train_loop)
        monkeypatch.setattr(HostRunner, 'train', fail)
        monkeypatch.setattr('torch.distributed.distributed_c10d._get_default_store', lambda: store)
        runner._rank, runner._world_size = 0, 2
        runner._train_together()

    return run


def test_a_wait_in_vain_is_one_sentence(together):
    with pytest.raises(ConnectionError, match=(
            r'process 0 waited in iteration 0 of 8 for process 1: see .* --resume, .* '
            r'env_cfg\.dist_cfg\.timeout=SECONDS$')):
        together('Timed out waiting 100ms for recv operation to complete')


def test_another_fault_stays_what_it_is(together):
    with pytest.raises(RuntimeError, match=r'^CUDA out of memory$'):
        together('CUDA out of memory')


def test_the_timeout_of_the_config_is_that_of_gloo(line, make_runner, monkeypatch):
    asked: list = []

    def start(backend: str, timeout=None) -> None:
        asked.append((backend, timeout and timeout.total_seconds()))
        raise KeyboardInterrupt

    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    monkeypatch.setattr('torch.distributed.init_process_group', start)
    for env_cfg in ({'dist_cfg': {'backend': 'nccl', 'timeout': 7}}, {'dist_cfg': {}}, {}):
        with pytest.raises(KeyboardInterrupt):
            make_runner(line, [], cls=Runner, launcher='pytorch', env_cfg=env_cfg)
    assert asked == [('gloo', 7.), ('gloo', None), ('gloo', None)]
