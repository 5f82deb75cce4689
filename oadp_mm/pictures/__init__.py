"""Drawings for people: patch pairs, foregrounds, annotated scenes, curves."""
from __future__ import annotations
