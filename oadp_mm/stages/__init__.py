"""Commands run one after another, each in a folder of its own, under one display."""
from __future__ import annotations
