"""Which configs there are."""
from __future__ import annotations

from pathlib import Path

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
#: Paths below CONFIGS of all that can be run.
LEAVES = sorted(
    str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py')
    if '_base_' not in path.relative_to(CONFIGS).parts)
