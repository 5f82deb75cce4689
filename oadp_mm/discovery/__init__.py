"""What a trained network finds in unlabelled images: their neighbours, and boxes that correspond.

ORL's second stage (Xie et al., NeurIPS 2021).
"""
from __future__ import annotations
