"""mmpretrain, imported without what it prints about a package that nobody asked for."""
from __future__ import annotations

import contextlib
import io

with contextlib.redirect_stdout(io.StringIO()):
    import mmpretrain.datasets  # noqa: F401
