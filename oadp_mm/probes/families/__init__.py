"""What is measured on extracted features, one family of figures a file."""
from __future__ import annotations
