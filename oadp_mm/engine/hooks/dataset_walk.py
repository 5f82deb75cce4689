"""Finding what lies inside a data loader's data set."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmengine.runner import Runner

from oadp_mm.datasets.transforms.multi_view import named_types
from oadp_mm.registry import DATASETS, TRANSFORMS

#: Where data set wrappers (torch, mmengine), pipelines and transform wrappers (mmcv, mmpretrain)
#: keep what they wrap. `_dataset` is that of mmengine's `num_batch_per_epoch`.
_INNER = ('dataset', 'datasets', '_dataset', 'pipeline', 'pipelines', 'transforms')


def reachable(dataset: Any) -> Iterator[Any]:
    """The data set, all that it wraps, and every transform of their pipelines, each once."""
    waiting, seen = [dataset], set()
    while waiting:
        node = waiting.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list | tuple):
            waiting.extend(node)
            continue
        yield node
        # Not getattr: some wrappers forward unknown names to what they wrap.
        held = getattr(node, '__dict__', {})
        waiting.extend(held[name] for name in _INNER if name in held)


def holders(runner: Runner, method: str) -> list[Any]:
    """The training data's sets and transforms whose class has a method of this name.

    Raises:
        ValueError: the config names one that is not reachable.
    """
    found = [node for node in reachable(runner.train_dataloader.dataset)
             if hasattr(type(node), method)]
    named = runner.cfg.get('train_dataloader') or {}
    for name in named_types(named.get('dataset')):
        kind = DATASETS.get(name) or TRANSFORMS.get(name)
        if hasattr(kind, method) and not any(isinstance(node, kind) for node in found):
            raise ValueError(
                f'{name} would never be told the epoch: no hook finds it inside '
                f'{type(runner.train_dataloader.dataset).__name__}; a wrapper must keep what it '
                f'wraps as one of {", ".join(_INNER)}')
    return found
