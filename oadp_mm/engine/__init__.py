"""Registered hooks and weight initialisers."""
from __future__ import annotations

from .handoff import CheckedPretrained
from .hooks import HandoffCheckHook

__all__ = [
    'CheckedPretrained',
    'HandoffCheckHook',
]
