"""How far a training has come, read from the lines that mmengine's logger prints.

`Epoch(train) [3][10/40]`, `Iter(train) [ 40/240]`, `Iter(val) [10/25]`: the same whichever
OpenMMLab host runs it. And from those of our own commands of several parts: ` 48 %  probe: ...`.
"""
from __future__ import annotations

import re

_STEP = re.compile(
    r'(?:Epoch|Iter)\((train|val|test)\)\s*(?:\[\s*(\d+)\])?\[\s*(\d+)/\s*(\d+)\s*\]'
)
_WHOLE = re.compile(r'^\s*(\d{1,3}) %  ')
_LOSS = re.compile(r'\bloss: ([\d.]+|nan|inf)')


def share_done(line: str, epochs: int = 0, val_share: float = 0.0) -> float | None:
    """The share in [0, 1] of its work that a command reports in a line, None for any other line.

    Args:
        line: one line of an mmengine log, or of a command that counts in per cent.
        epochs: the length of a training that logs `[epoch][step/steps]`.
        val_share: the part of the whole that the validation at the end takes.
    """
    match = _STEP.search(line)
    if match is None:
        whole = _WHOLE.match(line)
        return min(1.0, int(whole[1]) / 100) if whole else None
    mode, epoch, step, steps = match[1], match[2], int(match[3]), int(match[4])
    share = step / steps
    if mode != 'train':
        return 1 - val_share + val_share * share
    if epoch is not None:
        share = (int(epoch) - 1 + share) / max(epochs, int(epoch))
    return (1 - val_share) * share


def told_in(line: str) -> str:
    """What such a line says besides: the loss, that it evaluates, or which part is being done."""
    if _STEP.search(line):
        loss = _LOSS.search(line)
        return f'loss {loss[1]}' if loss else 'evaluating'
    whole = _WHOLE.match(line)
    return line[whole.end():].partition(';')[0].strip() if whole else ''
