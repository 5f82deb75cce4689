"""Annotated images: one map of who owns which pixel, and the files that hosts read."""
from __future__ import annotations
