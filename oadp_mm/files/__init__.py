"""Files read and written whole: checkpoints, backbones, configs."""
from __future__ import annotations
