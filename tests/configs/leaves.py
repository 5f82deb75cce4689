"""Which configs there are, and what they say of themselves."""
from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any
from unittest import mock

from mmengine.config import Config

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
#: Paths below CONFIGS of all files that can be run.
LEAVES = sorted(
    str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py')
    if '_base_' not in path.relative_to(CONFIGS).parts)
#: Between a table's path and the name of one of its rows.
ROW = '::'


def read(case: str, **variables: str) -> Config:
    """A leaf, or a table's row, with these variables of the environment and no other OADP_*."""
    name, _, row = case.partition(ROW)
    plain = {key: value for key, value in os.environ.items() if not key.startswith('OADP_')}
    rows = {'OADP_ROW': row} if row else {}
    with mock.patch.dict(os.environ, {**plain, **variables, **rows}, clear=True):
        return Config.fromfile(CONFIGS / name)


@cache
def _read_once(case: str) -> Config:
    return read(case)


def load(case: str) -> Config:
    """A copy of what `read` gives without variables."""
    return copy.deepcopy(_read_once(case))


def _rows(name: str) -> list[str]:
    return list(load(name).ROWS) if '\nROWS = ' in (CONFIGS / name).read_text() else []


#: Table -> its rows.
TABLES = {name: rows for name in LEAVES if (rows := _rows(name))}
#: All that can be run, tables row by row.
CASES = [case for name in LEAVES
         for case in ([f'{name}{ROW}{row}' for row in TABLES[name]] if name in TABLES else [name])]


def is_pretraining(config: Config) -> bool:
    return config.train_dataloader.dataset.type == 'oadp_mm.MultiViewDataset'


def views(config: Config) -> list[list[dict]]:
    """The transforms of each view of a pretraining."""
    made = config.train_dataloader.dataset.views
    return [[view.crop if 'type' in view.get('crop', {}) else
             type(made)(made.crop, **view.get('crop', {})), *view.get('changes', made.changes)]
            for view in made.each.values()]


def view_sides(config: Config) -> list[int]:
    """Pixels of a side of each of a pretraining's views, which its first transform cuts out."""
    return [view[0].get('size', view[0].get('scale')) for view in views(config)]


def view_side(config: Config) -> int:
    """That of the first one."""
    return view_sides(config)[0]


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


def falls(config: Config) -> list[int] | str:
    """Where the learning rate falls, or the type of its schedule."""
    last = config.param_scheduler[-1]
    return last.milestones if last.type == 'MultiStepLR' else last.type
