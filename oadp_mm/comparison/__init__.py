"""Methods pretrained on the same images and budget: runs, figures and a page."""
from __future__ import annotations
