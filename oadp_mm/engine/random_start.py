"""`OADP_CKPT=random`: a fine-tuning from random weights, by the same config as from a file."""
from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from mmengine.config import Config

#: Takes the place of a file.
RANDOM = 'random'


def randomly_started(config: Config) -> tuple[Config, list[str]]:
    """The config without each `CheckedPretrained` of the checkpoint `random`.

    Its modules begin as their classes have it, for they get no `init_cfg` at all; ResNets' residual
    branches at scale 1, as torchvision's and detectron2's. If nothing else is handed over, there is
    no hand-off to check either.

    Args:
        config: of a training; left as it is.

    Returns:
        The config, and where in it these modules are, such as `model.backbone`.
    """
    config = copy.deepcopy(config)
    handed = list(_handed_over(config.get('model'), 'model'))
    untrained = {place: node for place, node in handed
                 if node['init_cfg'].get('checkpoint') == RANDOM}
    for node in untrained.values():
        del node['init_cfg']
        if 'ResNet' in str(node.get('type')):
            # The hosts would start each block as nothing, and where norms do not learn it stays so.
            node['zero_init_residual'] = False
    if untrained and len(untrained) == len(handed):
        config['custom_hooks'] = [hook for hook in config.get('custom_hooks') or ()
                                  if hook.get('type') != 'oadp_mm.HandoffCheckHook']
    return config, list(untrained)


def _handed_over(node: Any, place: str) -> Iterator[tuple[str, dict]]:
    """The configs below one, and it, whose modules load a file completely, each with its place."""
    if isinstance(node, dict):
        start = node.get('init_cfg')
        if isinstance(start, dict) and start.get('type') == 'oadp_mm.CheckedPretrained':
            yield place, node
        node = list(node.items())
    elif isinstance(node, list | tuple):
        node = list(enumerate(node))
    else:
        return
    for key, child in node:
        yield from _handed_over(child, f'{place}.{key}')
