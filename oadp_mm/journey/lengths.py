"""How long a fine-tuning is and on which images, by rules from the labelled images alone."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Passes over the labelled images: a detector's "2x", which training from random weights needs
#: (He et al., Rethinking ImageNet Pre-training), and a segmenter's 20,000 steps of 16 on VOC.
PASSES = {'mmdet': 24, 'mmseg': 30}
#: However few images there are: below, a detector from random weights finds nothing.
LEAST_STEPS = 300
#: Pixels of the finest cell of an FPN.
FINEST_CELL = 4
#: Shorter sides of images, in pixels.
LEAST_SIDE, MOST_SIDE, MULTIPLE = 96, 800, 32


@dataclass(frozen=True)
class Settings:
    """What a user may set otherwise than the rules; None leaves it to them.

    Args:
        steps: of the optimizer.
        batch: images a step.
        size: shorter side of the images, in pixels.
        lr: of the optimizer.
        options: settings of the config, as for `--cfg-options`.
    """

    steps: int | None = None
    batch: int | None = None
    size: int | None = None
    lr: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def steps_for(host: str, images: int, batch: int) -> int:
    """`PASSES` over the labelled images, and at least `LEAST_STEPS` steps."""
    return max(LEAST_STEPS, -(-PASSES[host] * images // batch))


def size_for(side: int) -> int:
    """The data's own shorter side, down to a multiple of 32, from 96 to 800."""
    return min(max(side // MULTIPLE * MULTIPLE, LEAST_SIDE), MOST_SIDE)


def anchor_scale(side: float) -> int:
    """Side of a detector's finest anchors, in cells of 4 px: no larger than half of all objects.

    Args:
        side: median side of an object, in pixels of the images that the model sees.

    Returns:
        1, 2, 4 or, as COCO's detectors have it, 8.
    """
    return max((scale for scale in (2, 4, 8) if scale * FINEST_CELL <= side), default=1)
