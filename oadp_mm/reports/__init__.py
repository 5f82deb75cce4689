"""Pages of figures, and what they are made of: logs and the machine."""
from __future__ import annotations
