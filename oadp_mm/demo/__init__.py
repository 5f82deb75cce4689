"""The journey on the nuclei: its stages."""
from __future__ import annotations
