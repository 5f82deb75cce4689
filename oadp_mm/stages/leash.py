"""`python -m oadp_mm.stages.leash COMMAND...`: run a command for as long as somebody holds on.

Standard input is the leash: a pipe whose other end the parent holds. A parent that ends, however it
ends (`kill -9` leaves it no last word), lets go of it; then the whole process group is ended. This
holds on every system with pipes, unlike Linux' signal at a parent's death.
"""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 10.0


def main(command: list[str]) -> int:
    """The command's exit status, 128 + N if signal N ended it; to be run as a group's leader."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    # The group is asked to end by the same signal: stay until the command has heard it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    let_go = threading.Event()
    threading.Thread(target=_watch, args=(let_go,), daemon=True).start()
    status = child.wait()
    if let_go.is_set():
        os.killpg(0, signal.SIGKILL)  # what the command left, and us: nobody asks for a status
    return status if status >= 0 else 128 - status


def _watch(let_go: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass  # nobody writes: it waits for the end
    let_go.set()
    os.killpg(0, signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
