"""Which configs there are, and what they say of themselves."""
from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from mmengine.config import Config

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
#: Paths below CONFIGS of all that can be run.
LEAVES = sorted(
    str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py')
    if '_base_' not in path.relative_to(CONFIGS).parts)


def is_pretraining(name: str, config: Config) -> bool:
    return config.model.type.startswith('oadp_mm.') or name.startswith('baselines/')


def view_side(config: Config) -> int:
    """Pixels of a side of a pretraining's views, which the first transform of each cuts out."""
    [views] = [step.transforms for step in config.train_dataloader.dataset.pipeline
               if step.type == 'MultiView']
    [side] = {view[0].get('size', view[0].get('scale')) for view in views}
    return side


def dicts(node: Any) -> Iterator[dict]:
    """All dicts in a config's tree."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for child in node:
            yield from dicts(child)


def option(config: Config, dotted: str) -> Any:
    """The value at a dotted path."""
    return reduce(lambda node, key: node[key], dotted.split('.'), config)


def views(config: Config) -> list[list[dict]]:
    """The transforms of each view."""
    pipeline = config.train_dataloader.dataset.pipeline
    [multi] = [step for step in pipeline if step.type == 'MultiView']
    return [view for view, times in zip(multi.transforms, multi.num_views, strict=True)
            for _ in range(times)]


def in_room(table: dict[str, dict[str, tuple]]) -> dict[str, tuple]:
    """Room -> fine-tuning -> row, by the configs' paths."""
    return {f'{room}/benchmarks/{name}.py': row for room, rows in table.items()
            for name, row in rows.items()}


def falls(config: Config) -> list[int] | str:
    """Where the learning rate falls, or the type of its schedule."""
    last = config.param_scheduler[-1]
    return last.milestones if last.type == 'MultiStepLR' else last.type
