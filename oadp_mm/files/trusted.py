"""The file that may run code: an old one of one's own, which its owner names."""
from __future__ import annotations

import os
from pathlib import Path

#: The environment variable that names it.
VARIABLE = 'OADP_TRUSTED_CHECKPOINT'


def is_trusted(path: Path) -> bool:
    """Whether `VARIABLE` names this file, and not just any."""
    named = os.environ.get(VARIABLE, '')
    return named != '' and Path(named).expanduser().resolve() == path.resolve()


def how_to_trust(path: Path) -> str:
    """What to do about a file that was not executed, and what it does: the end of a sentence."""
    return (f'if you wrote it yourself, {VARIABLE}={path} before the command reads it by '
            "Python's pickle, which runs whatever code is in it")
