"""What travels between the rooms: scenes, artifact files, checkpoints."""
from __future__ import annotations
