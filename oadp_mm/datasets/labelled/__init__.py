"""Labelled images as people have them, as hosts read them: COCO jsons and maps of classes."""
from __future__ import annotations
