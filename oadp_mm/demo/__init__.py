"""OADP end to end on digit scenes: its stages, figures and report."""
from __future__ import annotations
