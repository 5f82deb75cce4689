"""Object-level self-supervised pretraining for images that hold many objects, on OpenMMLab."""
from __future__ import annotations

from oadp_mm import _stack
from oadp_mm.version import __version__

__all__ = ['__version__']

_stack.check()
