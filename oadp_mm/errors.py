"""Which errors are the caller's, and so one sentence instead of a trace."""
from __future__ import annotations

import errno
import linecache
import os
import re
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

#: What the system says of a disk, a quota or a limit on files that is reached.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MAKE_ROOM = 'make room and give the same command again, that of a training with --resume'
PACKAGE = Path(__file__).parent
CONFIGS = PACKAGE.parent / 'configs'  # of a checkout; a wheel's lie in the package
# What torch makes of an error in a data worker: a text that ends in the worker's trace.
_IN_WORKER = re.compile(
    r'Caught \w+ in DataLoader worker process.*File "(?P<file>[^"\n]+)", line (?P<line>\d+), in '
    r'[^\n]*\n(?: [^\n]*\n)*[\w.]+: (?P<sentence>.*)', re.DOTALL)
# And of what the system said of a path to any reader there, a host's too.
_OF_A_PATH = re.compile(
    r'Caught \w+ in DataLoader worker process.*\n\w+: \[Errno \d+\] (?P<reason>[^\n]+?): '
    r'(?P<quote>[\'"])(?P<path>[^\n]+)(?P=quote)\s*', re.DOTALL)
_FIRST_SAYS_IT_SECONDS = 6.0  # torchrun looks every five seconds, by default


def own_sentence(error: Exception) -> str | None:
    """The sentence of a mistake that we found, or that the system said about a path.

    Ours is what a `raise` of this package or of its configs raised, in a data worker too. None for
    anything else: a fault that nobody foresaw is worth its trace.
    """
    if isinstance(error, OSError) and error.errno in FULL:
        return f'cannot write {error.filename or "a file"} ({error.strerror}): {MAKE_ROOM}'
    if isinstance(error, OSError) and error.filename is not None:
        return _cannot_use(error.filename, error.strerror)
    if isinstance(error, OSError) and (told := _OF_A_PATH.fullmatch(str(error))):
        return _cannot_use(told['path'], told['reason'])
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    if _is_ours(frame.f_code.co_filename, line):
        return str(error)
    caught = _IN_WORKER.fullmatch(str(error))
    if caught and _is_ours(caught['file'], int(caught['line'])):
        return caught['sentence'].strip()
    return None


def _cannot_use(path: object, reason: object) -> str:
    return f'cannot use {path} ({reason}): check the path and who may read and write there'


def _is_ours(file: str, line: int) -> bool:
    return (not {PACKAGE, CONFIGS}.isdisjoint(Path(file).parents)
            and linecache.getline(file, line).lstrip().startswith('raise '))


def wait_for_the_first_to_say_it() -> None:
    """Of many processes the first speaks at once; a launcher then ends the others, before they
    repeat it. An error of one of those alone comes late."""
    if int(os.environ.get('RANK') or 0) > 0:
        time.sleep(_FIRST_SAYS_IT_SECONDS)


def end_in_a_sentence(folder: Path) -> None:
    """Let an error that ends the process print its sentence, if it has one, and not its trace.

    For what others start, such as mim. The trace lies in the folder.
    """
    show = sys.excepthook
    if getattr(show, '__module__', '') == __name__:  # for an earlier run of this process
        return

    def say(kind, error, trace) -> None:
        sentence = own_sentence(error) if isinstance(error, Exception) else None
        if sentence is None:
            show(kind, error, trace)
            return
        with (suppress(OSError),  # of a full disk, perhaps
              open(folder / 'error.txt', 'w', encoding='utf-8', errors='backslashreplace') as file):
            traceback.print_exception(kind, error, trace, file=file)
        wait_for_the_first_to_say_it()
        print(f'oadp-mm: error: {sentence}', file=sys.stderr)

    sys.excepthook = say
