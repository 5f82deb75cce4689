"""Where the configs are: in a checkout, or inside the installed package."""
from __future__ import annotations

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
