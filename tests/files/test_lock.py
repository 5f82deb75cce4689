from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys

import pytest

from oadp_mm.files.lock import hold


def test_the_folder_is_made_and_free_again_afterwards(tmp_path):
    folder = tmp_path / 'a' / 'b'
    for _ in range(2):
        with hold(folder, 'demo'):
            assert folder.is_dir()


def test_a_second_process_is_refused_and_told_of_the_first(tmp_path):
    sentence = rf'another demo is running in .* \(process {os.getpid()} on .*\): wait for it'
    with hold(tmp_path, 'demo'), pytest.raises(OSError, match=sentence), hold(tmp_path, 'demo'):
        pass


def test_it_is_held_after_one_was_refused(tmp_path):
    with hold(tmp_path, 'demo'):
        for _ in range(2):
            with pytest.raises(OSError, match='is running'), hold(tmp_path, 'demo'):
                pass


def test_locks_of_two_names_are_two(tmp_path):
    with hold(tmp_path, 'pretraining', '.pretrain.lock'), hold(tmp_path, 'training'):
        for what, names in (('pretraining', ['.pretrain.lock']), ('training', [])):
            with pytest.raises(OSError, match=f'another {what} is'), hold(tmp_path, what, *names):
                pass


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(OSError, match=r'cannot write to .*file/below .*give another folder'), \
            hold(tmp_path / 'file/below', 'demo'):
        pass


def test_a_folder_whose_name_mmengine_cannot_write_is_refused(tmp_path):
    folder = tmp_path / os.fsdecode(b'caf\xe9')
    with pytest.raises(ValueError, match=r'caf\\xe9 is no UTF-8, .* --work-dir'), \
            hold(folder, 'demo'):
        pass
    assert not folder.exists()


def test_where_files_cannot_be_locked_the_run_goes_on_with_a_warning(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr(fcntl, 'flock', refuse)
    with pytest.warns(UserWarning, match=r'be locked \(No locks available\): start no second'), \
            hold(tmp_path, 'training'):
        pass


@pytest.mark.integration
@pytest.mark.parametrize('with_worker', [False, True])
def test_a_killed_process_holds_nothing_even_if_its_workers_live_on(tmp_path, with_worker):
    code = f"""
import multiprocessing, os, pathlib, time
from oadp_mm.files.lock import hold

def work():
    print(os.getpid(), flush=True)  # says itself that it lives: it has let go of the lock by then
    time.sleep(60)

with hold(pathlib.Path({str(tmp_path)!r}), 'training'):
    if {with_worker}:
        multiprocessing.get_context('fork').Process(target=work).start()
    else:
        print(0, flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True)
    worker = int(holder.stdout.readline())
    try:
        with pytest.raises(OSError, match=f'process {holder.pid} on'), hold(tmp_path, 'training'):
            pass
        holder.kill()
        holder.wait()
        with hold(tmp_path, 'training'):
            pass
        if worker:
            os.kill(worker, 0)  # it is still there
    finally:
        holder.kill()
        holder.stdout.close()
        if worker:
            os.kill(worker, signal.SIGKILL)
