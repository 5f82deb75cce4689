from __future__ import annotations

import signal

import pytest

from oadp_mm.stages.interrupts import end_as_interrupt


def fail(signum, frame):
    raise RuntimeError('DataLoader worker is killed')


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_end_is_an_interrupt_as_long_as_the_run_lasts(number):
    before = signal.signal(number, signal.SIG_DFL)  # these tests may run under nohup
    children = signal.signal(signal.SIGCHLD, fail)
    try:
        with pytest.raises(KeyboardInterrupt), end_as_interrupt():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_DFL
        signal.raise_signal(signal.SIGCHLD)  # of a data worker that the signal ended, too
    finally:
        signal.signal(signal.SIGCHLD, children)
        signal.signal(number, before)


def test_nohup_goes_on_when_its_terminal_is_closed():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with end_as_interrupt():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
