"""The engines that have a name."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oadp_mm.datasets.proposals.engine import Engine, SelectiveSearch
from oadp_mm.datasets.proposals.opencv import OpenCVSearch

_SOCO = SelectiveSearch(sigma=.9, mixes=(True,), long_side=None, space='rgb')

#: soco-code is what the released code calls, soco-paper what appendix A says.
SEARCHES = {'fast': SelectiveSearch(),
            'soco-code': replace(_SOCO, scales=(300,), min_size=100),
            'soco-paper': replace(_SOCO, scales=(500,), min_size=10)}
OPENCV = 'opencv-fast'


def engine_of(method: str, changes: Mapping[str, Any]) -> Engine:
    """The engine of this name with some of its arguments changed.

    Raises:
        ValueError: the engine has no such argument, it is out of range, or OpenCV lacks its own.
    """
    if method != OPENCV:
        return replace(SEARCHES[method], **changes)
    if others := sorted(set(changes) - {'long_side'}):
        raise ValueError(f'{OPENCV} has no {", ".join(others)}: leave it out, or choose another '
                         f'--method of {", ".join(SEARCHES)}')
    return OpenCVSearch(**changes)
