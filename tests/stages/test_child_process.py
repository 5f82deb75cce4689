from __future__ import annotations

import os
import sys

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
