"""What a probe has computed once, found again by what it depends on."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from oadp_mm.files.whole_file import write_text

_KEY = 'key.json'


def cached_folder(root: Path, key: Mapping[str, Any], make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills the first time that a key is asked for.

    It appears whole: it is filled under another name and renamed.

    Args:
        root: of all such folders.
        key: what the content depends on, as JSON.
        make: called with an empty folder.
    """
    text = json.dumps(key, sort_keys=True, indent=1)
    folder = root / hashlib.sha256(text.encode()).hexdigest()[:24]
    if (folder / _KEY).is_file():
        return folder
    partial = root / f'.{folder.name}.{os.getpid()}.partial'
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        make(partial)
        (partial / _KEY).write_text(text)
        shutil.rmtree(folder, ignore_errors=True)  # without its key: none of ours
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def cached_json(path: Path, compute: Callable[[], Any]) -> Any:
    """What a file of JSON holds; computed and written if it is missing or damaged."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        value = compute()
    write_text(path, json.dumps(value))
    return value
