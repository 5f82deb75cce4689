"""Scenes of handwritten digits on photos, composed when they are asked for."""
from __future__ import annotations
