"""Whether a model will show its backbone the images that the backbone was trained on."""
from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from torch import Tensor, nn

from oadp_mm.files.backbone_file import told


class Use(NamedTuple):
    """What a backbone is used with; None is unknown.

    Args:
        mean: of the three channels, in 0..255.
        std: likewise.
        channels: their order, 'RGB' or 'BGR'.
        style: of a ResNet's bottlenecks: 'pytorch' halves the map in their second convolution,
            'caffe' in their first.
    """

    mean: list[float] | None = None
    std: list[float] | None = None
    channels: str | None = None
    style: str | None = None


def use_of_file(history: Mapping[str, str]) -> Use:
    """The use that a file's metadata tell of, see `backbone_file.history`."""
    known = {**told(history, 'architecture'), **told(history, 'preprocessor')}
    if known.get('depth') in (18, 34):  # of blocks without a bottleneck
        known['style'] = None
    return Use(**{key: known.get(key) for key in Use._fields})


def use_in_model(model: nn.Module, part: nn.Module) -> Use:
    """The use that a built model, whichever host's, makes of its backbone or of a part of it."""
    styles = {str(block.style) for block in part.modules()
              if hasattr(block, 'style') and hasattr(block, 'conv3')}  # a bottleneck has three
    style = styles.pop() if len(styles) == 1 else None
    preprocessor = getattr(model, 'data_preprocessor', None)
    mean, std = (getattr(preprocessor, key, None) for key in ('mean', 'std'))
    if mean is None or std is None:  # pixels are normalised elsewhere, or not at all
        return Use(style=style)
    # mmengine's and its children's, then mmpretrain's for classifiers.
    turned = getattr(preprocessor, '_channel_conversion', getattr(preprocessor, 'to_rgb', None))
    channels = None if turned is None else 'RGB' if turned else 'BGR'
    return Use(_numbers(mean), _numbers(std), channels, style)


def differences(file: Use, model: Use, part: str = 'backbone') -> list[str]:
    """A sentence for each use that is known on both sides and is not the same.

    Args:
        file: of its training.
        model: now.
        part: the module's name in the model.
    """
    write = {
        'mean': f'data_preprocessor.mean={file.mean}',
        'std': f'data_preprocessor.std={file.std}',
        'channels': f'data_preprocessor.bgr_to_rgb={file.channels == "RGB"} (to_rgb in a '
                    'classifier of mmpretrain)',
        'style': f'{part}.style={file.style!r}'}
    return [f'{name} was {there} in the training of the file and is {here} in the model: set '
            f'model.{write[name]}'
            for name, there, here in zip(Use._fields, file, model, strict=True)
            if there is not None and here is not None and not _same(there, here)]


def unknown(file: Use, model: Use) -> list[str]:
    """What one side alone tells."""
    return [name for name, there, here in zip(Use._fields, file, model, strict=True)
            if (there is None) != (here is None)]


def _same(there: object, here: object) -> bool:
    if isinstance(there, list) and isinstance(here, list):
        return len(there) == len(here) and np.allclose(there, here, rtol=1e-4, atol=0)
    return there == here


def _numbers(buffer: Tensor) -> list[float]:
    return [round(value, 4) for value in buffer.flatten().tolist()]
