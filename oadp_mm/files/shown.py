"""Paths as text that can be printed, logged and written anywhere."""
from __future__ import annotations

import os


def shown(path: str | os.PathLike) -> str:
    r"""A path for people: bytes that are no UTF-8 as `\xe9`, so that every stream takes them.

    Python carries such bytes in text as lone surrogates, which open the file, but which neither a
    log in UTF-8 nor a terminal accepts. Other text, a sentence with paths in it, may be given too.
    """
    return os.fsencode(path).decode('utf-8', 'backslashreplace')
