"""The rules by which a pretraining's numbers follow its length and its batch: pure functions.

docs/journey.md gives their reasons.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from oadp_mm.ops.levels import BOUNDS

#: Optimizer steps below which a training is short: mild views, and the method's small settings.
SHORT = 10_000
#: The paper's warm-up, and the greatest share of a training that it takes.
WARM_UP_EPOCHS, WARM_UP_SHARE = 4, 1 / 10
#: Checkpoints over a training, and lines of its log.
CHECKPOINTS, LOG_LINES = 20, 200
#: Looks at the features' health over a training, at least.
LOOKS = 10
#: Least and greatest side of RegionCL's regions, as shares of the grid's: 3 and 5 of 7 cells.
_REGION = 3 / 7, 5 / 7
#: ORL's least side of a box in pixels, and as a share of the shorter side of COCO's images.
_BOX_SIDE, _BOX_SHARE = 96, 1 / 5


def iterations_an_epoch(images: int, batch: int, gpus: int) -> int:
    """Full batches that every process has; the sampler deals the same number to each, rounded up.

    Args:
        images: of the folder.
        batch: images of one process.
        gpus: processes.
    """
    return math.ceil(images / gpus) // batch


def optimizer_steps(epochs: int, iterations: int, accumulation: int = 1) -> int:
    """Steps of a training: what is left over at its end makes a step, too.

    Args:
        epochs: of the training.
        iterations: of an epoch.
        accumulation: batches a step.
    """
    return math.ceil(epochs * iterations / accumulation)


def is_short(steps: int) -> bool:
    """Whether a training of so many optimizer steps is a short one."""
    return steps < SHORT


def learning_rate(rate: float, for_images: int, images: int) -> float:
    """A method's rate, in proportion to the images of an optimizer step (Goyal et al., 2017).

    Args:
        rate: of the method's config.
        for_images: images a step that it is for, `auto_scale_lr.base_batch_size` there.
        images: of a step now, all processes and accumulated batches together.
    """
    return rate * images / for_images


def stem_share(steps: int) -> float:
    """Share of the learning rate that a backbone's first convolution gets: none of it, or all.

    It sees images before any normalisation, so that its gradient is far the largest beside its
    weights. A short training leaves filters that average, and edges are lost to every layer above
    (docs/evidence.md). MoCo v3 freezes the first layer of its transformers, which is random, too.
    """
    return 0.0 if is_short(steps) else 1.0


def warm_up(epochs: int) -> float:
    """Share of the training that warms up: four epochs as OADP's paper, a tenth at most."""
    return min(WARM_UP_EPOCHS / epochs, WARM_UP_SHARE)


def queue_length(length: int, images: int, keys: int) -> int:
    """Keys that a queue holds: the method's number, or so few that they are of other images.

    A queue longer than an epoch holds every image several times, the query's own among them. At
    most half of an epoch's keys fit in, in whole iterations, as mmpretrain's queues demand.

    Args:
        length: of the method's config.
        images: of an epoch.
        keys: of an iteration, all processes together.
    """
    return max(1, min(length, images // 2) // keys) * keys


def region_bounds(grid: int) -> tuple[int, int]:
    """Least and greatest side of RegionCL's regions on a grid: (3, 5) of 7 cells, (1, 2) of 3."""
    low, high = (max(1, round(share * grid)) for share in _REGION)
    return low, min(high, grid - 1)


def level_bounds(side: int) -> tuple[float, ...]:
    """Sides of the largest boxes on the levels of a pyramid: SoCo's for 224 px, in proportion."""
    return tuple(round(bound * side / 224, 1) for bound in BOUNDS)


def least_box_side(sides: Sequence[int]) -> int:
    """Least side of ORL's boxes: its 96 px, which are a fifth of COCO's shorter side, or a fifth.

    Args:
        sides: shorter sides of images, in pixels.
    """
    return max(1, min(_BOX_SIDE, round(_BOX_SHARE * median(sides))))


def checkpoint_interval(epochs: int) -> int:
    """Epochs between two checkpoints: about twenty a training, an epoch at least."""
    return max(1, epochs // CHECKPOINTS)


def look_interval(iterations: int) -> int:
    """Iterations between two looks at the features' health: ten a training, and 50 at most."""
    return min(50, max(1, iterations // LOOKS))


def log_interval(steps: int) -> int:
    """Iterations between two lines of the log: about 200 a training, and the host's 50 at most."""
    return min(50, max(1, steps // LOG_LINES))
