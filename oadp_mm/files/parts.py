"""The folder in which a command keeps what is done of a file, until the file is whole.

Beside FILE lies FILE.parts. What a part depends on is in the name of its folder there, so that
parts of other images or parameters are neither used nor lost.
"""
from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oadp_mm.files.lock import hold
from oadp_mm.files.whole_file import remove_partials


@contextmanager
def parts_of(out: Path, meta: Mapping[str, Any], command: str) -> Iterator[Path]:
    """The folder of the parts of a file, held by this process; it stays where an error ends it.

    Args:
        out: the file.
        meta: all that the parts depend on, as JSON's types.
        command: makes it, as a user calls it.

    Raises:
        OSError: another process makes this file, or it cannot be written.
    """
    root = out.with_name(f'{out.name}.parts')
    with hold(root, command, option='--out'):
        folder = root / hashlib.sha256(json.dumps(meta).encode()).hexdigest()[:24]
        folder.mkdir(exist_ok=True)
        remove_partials(folder)
        yield folder
        shutil.rmtree(folder)
        if not any(other.is_dir() for other in root.iterdir()):  # of another task
            shutil.rmtree(root)
