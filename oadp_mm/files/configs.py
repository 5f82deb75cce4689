"""Where the configs are, in a checkout or inside the installed package, and what they say."""
from __future__ import annotations

import contextlib
import difflib
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import oadp_mm

PACKAGE = Path(oadp_mm.__file__).parent
#: A wheel's, then a checkout's.
_PLACES = PACKAGE / '.mim/configs', PACKAGE.parent / 'configs'


def find_config(config: str | os.PathLike) -> Path:
    """The file of a config that someone typed.

    Args:
        config: path of a file; or, with or without `.py`, a path below `configs/`
            (`oadp/oadp_resnet50_8xb32-coslr-800e_coco`) or its last part alone.

    Raises:
        FileNotFoundError: neither; the error names the closest.
        ValueError: configs of several folders have this last part.
    """
    if Path(config).is_file():
        return Path(config)
    name = Path(config).as_posix().removesuffix('.py')
    ours = shipped_configs()
    if name in ours:
        return ours[name]
    alike = [known for known in ours if known.endswith(f'/{name}')]
    if len(alike) > 1:
        raise ValueError(f'{len(alike)} configs are called {name}: give one of {", ".join(alike)}')
    if alike:
        return ours[alike[0]]
    whole = '/' in name
    known_as = {known if whole else known.rpartition('/')[2]: known for known in ours}
    closest = [known_as[alias] for alias in difflib.get_close_matches(name, known_as, cutoff=.3)]
    raise FileNotFoundError(
        f'there is no config {config}, neither a file nor a name below configs/'
        + (f': the closest are {", ".join(closest)}' if closest else ''))


def shipped_configs() -> dict[str, Path]:
    """Every config that can be run, by its path below `configs/` without `.py`, sorted."""
    place = next((place for place in _PLACES if place.is_dir()), _PLACES[0])
    names = (path.relative_to(place).with_suffix('').as_posix() for path in place.rglob('*.py'))
    return {name: place / f'{name}.py' for name in sorted(names) if not name.startswith('_base_/')}


def config_path(name: str) -> Path:
    """A config's file.

    Args:
        name: path below `configs/`.

    Raises:
        FileNotFoundError: if no place has it.
    """
    for place in _PLACES:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f'there is no config {name} in {" or ".join(map(str, _PLACES))}: run from a checkout, or '
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
