"""A file that a reader sees as it was or as it will be, never a part of it."""
from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a file beside `path` and put it in its place; nothing stays on an error."""
    partial = path.with_name(f'.{path.name}.{os.getpid()}.partial')
    try:
        write(partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Replace `path` by a text in UTF-8; names of files in it keep their own bytes."""
    replace_file(path, lambda partial: partial.write_text(text, encoding='utf-8',
                                                          errors='surrogateescape'))


def remove_partials(folder: Path) -> None:
    """Remove what killed writers of `replace_file` left in a folder where nobody writes now."""
    for partial in folder.glob('.*.partial'):
        partial.unlink(missing_ok=True)
