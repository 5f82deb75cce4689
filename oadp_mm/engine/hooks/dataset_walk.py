"""Finding what lies inside a data loader's data set."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
