"""How far a training has come, read from the lines that mmengine's logger prints.

`Epoch(train) [3][10/40]`, `Iter(train) [ 40/240]`, `Iter(val) [10/25]`: the same whichever
OpenMMLab host runs it.
"""
from __future__ import annotations

import re

_STEP = re.compile(
    r'(?:Epoch|Iter)\((train|val|test)\)\s*(?:\[\s*(\d+)\])?\[\s*(\d+)/\s*(\d+)\s*\]'
)
_LOSS = re.compile(r'\bloss: ([\d.]+|nan|inf)')


def share_done(line: str, epochs: int = 0, val_share: float = 0.0) -> float | None:
    """The share in [0, 1] of a training that a log line reports, None for any other line.

    Args:
        line: one line of an mmengine log.
        epochs: the length of a training that logs `[epoch][step/steps]`.
        val_share: the part of the whole that the validation at the end takes.
    """
    match = _STEP.search(line)
    if match is None:
        return None
    mode, epoch, step, steps = match[1], match[2], int(match[3]), int(match[4])
    share = step / steps
    if mode != 'train':
        return 1 - val_share + val_share * share
    if epoch is not None:
        share = (int(epoch) - 1 + share) / max(epochs, int(epoch))
    return (1 - val_share) * share


def loss_in(line: str) -> str:
    """The loss that a line reports, '' if none."""
    match = _LOSS.search(line)
    return match[1] if match else ''
