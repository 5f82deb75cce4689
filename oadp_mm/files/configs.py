"""Where the configs are, in a checkout or inside the installed package, and what they say."""
from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import oadp_mm

PACKAGE = Path(oadp_mm.__file__).parent


def config_path(name: str) -> Path:
    """A config's file.

    Args:
        name: path below `configs/`.

    Raises:
        FileNotFoundError: if no place has it.
    """
    places = PACKAGE.parent / 'configs', PACKAGE / '.mim/configs'
    for place in places:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f'there is no config {name} in {" or ".join(map(str, places))}: run from a checkout, or '
        'reinstall oadp-mm'
    )


def read_config(path: Path, env: Mapping[str, str], options: Mapping[str, object]) -> dict:
    """A config as plain values, with its environment variables from `env` and some overridden."""
    from mmengine.config import Config  # slow import: only when a command runs

    with _environment(env):
        logging.disable(logging.INFO)  # mmengine reports each variable it reads
        try:
            config = Config.fromfile(path)
            config.merge_from_dict(dict(options))
            return config.to_dict()
        finally:
            logging.disable(logging.NOTSET)


@contextlib.contextmanager
def _environment(env: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
