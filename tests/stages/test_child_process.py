from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oadp_mm.stages.child_process import follow

pytestmark = pytest.mark.integration


def test_lines_come_whole_and_the_status_last(tmp_path):
    code = ('import sys, time; print("one"); sys.stdout.write("tw"); sys.stdout.flush(); '
            'time.sleep(.6); print("o", file=sys.stdout); print("bar\\rbar 2", file=sys.stderr); '
            'sys.exit(3)')
    heard = []
    status = follow((sys.executable, '-c', code), {}, tmp_path / 'log.txt', heard.append)
    assert status == 3
    assert [line for line in heard if line] == ['one', 'two', 'bar', 'bar 2']
    assert '' in heard  # moments of silence, in which a display goes on
    log = (tmp_path / 'log.txt').read_text()
    assert log.startswith('# ') and sys.executable in log.splitlines()[0]


def test_the_environment_is_ours_and_what_was_added(tmp_path, monkeypatch):
    monkeypatch.setenv('OADP_OURS', 'kept')
    code = 'import os; print(os.environ["OADP_OURS"], os.environ["OADP_ADDED"])'
    heard = []
    assert follow((sys.executable, '-c', code), {'OADP_ADDED': 'a b'}, tmp_path / 'log.txt',
                  heard.append) == 0
    assert 'kept a b' in heard
    assert 'OADP_ADDED' not in os.environ


def test_an_older_log_is_kept(tmp_path):
    for number in range(2):
        follow((sys.executable, '-c', f'print({number})'), {}, tmp_path / 'log.txt', lambda _: None)
    assert [line for line in (tmp_path / 'log.txt').read_text().splitlines()
            if not line.startswith('#')] == ['0', '1']


def family(body: str, tmp_path) -> tuple[subprocess.Popen, list[int]]:
    """A process that follows a command, which has a child of its own; the ids of those two."""
    command = ('import os, subprocess, sys, time; '
               'child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]); '
               'print(os.getpid(), child.pid, flush=True); time.sleep(60)')
    code = f'''
import contextlib, pathlib, sys
from oadp_mm.stages.child_process import follow
from oadp_mm.stages.interrupts import end_as_interrupt
with {body}:
    follow((sys.executable, '-c', {command!r}), {{}}, pathlib.Path({str(tmp_path / 'log.txt')!r}),
           lambda line: line and print(line, flush=True))
'''
    parent = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True)
    return parent, [int(word) for word in parent.stdout.readline().split()]


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    stat = Path(f'/proc/{process}/stat')  # a zombie is gone, where nobody collects orphans
    return stat.exists() and stat.read_text().rpartition(')')[2].split()[0] == 'Z'


@pytest.mark.parametrize(('body', 'number', 'status'), [
    ('contextlib.nullcontext()', signal.SIGKILL, -signal.SIGKILL),
    ('end_as_interrupt()', signal.SIGHUP, -signal.SIGINT),
    ('end_as_interrupt()', signal.SIGTERM, -signal.SIGINT),
])
def test_the_command_and_its_children_end_with_us(tmp_path, body, number, status):
    parent, children = family(body, tmp_path)
    parent.send_signal(number)
    assert parent.wait(20) == status
    parent.stdout.close()
    end = time.monotonic() + 5
    while not all(map(gone, children)):
        assert time.monotonic() < end
        time.sleep(.05)


def test_a_command_that_a_signal_ended_says_so(tmp_path):
    code = 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)'
    assert follow((sys.executable, '-c', code), {}, tmp_path / 'log.txt', lambda _: None) == 137
