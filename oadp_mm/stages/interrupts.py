"""A command that ends cleanly when it is told to, or when its terminal is closed."""
from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def end_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does, children first.

    A SIGHUP that is ignored stays so: `nohup` asks for that.
    """
    def interrupt(signum, frame):
        # Data workers that the same signal ended are no error, of which torch's handler speaks.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
