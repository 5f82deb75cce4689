"""How many images are worked on at once.

Temporaries hold some bytes for each pixel. Those of a large batch would leave the caches and come
fresh from the system each time, so that the cost would grow faster than the batch.
"""
from __future__ import annotations

_PIXELS = 1 << 21


def images_at_once(pixels: int) -> int:
    """Images whose temporaries of `pixels` elements stay small together, at least one."""
    return max(1, _PIXELS // pixels)
