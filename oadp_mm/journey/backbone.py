"""The ResNet that was asked for, in a model's config, and all that follows its channels."""
from __future__ import annotations

from typing import Any

from oadp_mm.journey.asked import Asked
from oadp_mm.journey.methods import BACKBONES

#: Of a ResNet's last map where every stage but the first halves it.
_STRIDE = 32
#: Channels that a bottleneck has for each of its stage's.
_EXPANSION = 4


def stride(asked: Asked) -> int:
    """Pixels of a side of a cell of the last map."""
    return _STRIDE // 2 * asked.last_stride


def grid_of(asked: Asked) -> int:
    """Cells on a side of the last map of a view."""
    return max(1, asked.size // stride(asked))


def channels(asked: Asked) -> int:
    """Of the last map: 512 of a ResNet-18 of the usual width."""
    return 8 * asked.width * (_EXPANSION if BACKBONES[asked.backbone] >= 50 else 1)


def put_backbone(model: Any, asked: Asked) -> None:
    """Give the model the backbone.

    Its residual branches start at zero, as in all trainings on own images. Heads of this package
    ask the backbone for its channels; a host's neck is told, and a detector's parts are as wide.
    """
    model.backbone.update(depth=BACKBONES[asked.backbone], zero_init_residual=True)
    if asked.width != 64:
        model.backbone.update(stem_channels=asked.width, base_channels=asked.width)
    if asked.last_stride != 2:
        model.backbone.strides = (1, 2, 2, asked.last_stride)
    if model.type == 'oadp_mm.SoCo':
        for part in (model.neck, model.box_head):
            part.update({name: width * asked.width // 64 for name, width in part.items()})
    elif 'neck' in model:
        model.neck.in_channels = channels(asked)
