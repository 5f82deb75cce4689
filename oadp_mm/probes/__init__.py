"""What a trained network has learned: its features, measured, and its foreground."""
from __future__ import annotations
