"""Microscopy images with their nuclei: the only real images that ship with the package."""
from __future__ import annotations
