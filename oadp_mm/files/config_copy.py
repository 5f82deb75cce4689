"""Configs for a user to read and to edit: what each is about, and a copy with all its pieces."""
from __future__ import annotations

import os
from pathlib import Path

from oadp_mm.files.config_text import read_assignment
from oadp_mm.files.whole_file import write_text


def headline(config: Path) -> str:
    """The first line of a config's lab note, which says what it trains; '' if it has none."""
    first = config.read_text(encoding='utf-8').partition('\n')[0]
    return first.lstrip('# ') if first.startswith('#') else ''


def copy_config(config: Path, folder: Path) -> Path:
    """Copy a config and all that it stands on, so that every level can be edited.

    The files keep their places relative to each other; bases that a host ships stay the host's.

    Args:
        config: file of the config.
        folder: where to copy to; is made.

    Returns:
        The copy of `config`.

    Raises:
        FileExistsError: a file of that name is there and says something else.
    """
    sources = stands_on(config)
    root = Path(os.path.commonpath([source.parent for source in sources]))
    copies = {source: folder / source.relative_to(root) for source in sources}
    texts = {copy: source.read_text(encoding='utf-8') for source, copy in copies.items()}
    for copy, text in texts.items():
        if copy.exists() and copy.read_text(encoding='utf-8') != text:
            raise FileExistsError(f'{copy} exists and is another text: copy to another folder')
    for copy, text in texts.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_text(copy, text)
    return copies[sources[0]]


def stands_on(config: Path) -> list[Path]:
    """The files that make a config, itself first."""
    config = config.resolve()
    bases = read_assignment(config.read_text(encoding='utf-8'), '_base_') or []
    found = [config]
    for base in [bases] if isinstance(bases, str) else bases:
        if '::' not in base:
            found += stands_on(config.parent / base)
    return list(dict.fromkeys(found))
