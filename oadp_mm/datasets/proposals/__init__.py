"""Object proposals of unlabelled images, made once and kept in a file."""
from __future__ import annotations
