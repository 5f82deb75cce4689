"""What earlier calls left in the folder of a fine-tuning: it stays, or the call is refused."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oadp_mm.files.shown import shown
from oadp_mm.journey.finetuning import Run
from oadp_mm.stages.stage import read_state

JSON = 'finetune.json'
#: What tells a run from the others.
CELL = ('model', 'labels', 'seed', 'start')


def read_earlier(work_dir: Path) -> dict[str, Any]:
    """What `finetune.json` says; empty where there is none, none whole or with a finished run."""
    try:
        content = json.loads((work_dir / JSON).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    whole = (isinstance(content, dict) and content.keys() >= {'asked', 'data', 'models', 'runs'}
             and all(run.keys() >= {*CELL, 'folder'} for run in content['runs']))
    return content if whole and content['runs'] else {}


def refuse_other_settings(earlier: Mapping[str, Any], asked: Mapping[str, str],
                          work_dir: Path) -> None:
    """Raise ValueError if finished runs were asked for otherwise, before anything is written.

    Args:
        earlier: see `read_earlier`.
        asked: options that all runs share, as they are typed, '' for those left to their rules.
        work_dir: of all runs.
    """
    before = earlier['asked'] if earlier else asked
    if differ := [name for name in asked if before.get(name, '') != asked[name]]:
        then, now = (', '.join(f'{name} {told[name]}' if told.get(name) else f'no {name}'
                               for name in differ) for told in (before, asked))
        raise ValueError(f'{work_dir} holds finished runs with {then}, and with {now} they would '
                         'be others: give another --work-dir for these, or the same as before')


def refuse_other_content(earlier: Mapping[str, Any], digest: str, runs: Sequence[Run],
                         work_dir: Path) -> None:
    """Raise ValueError if the data, a start or the package are others than of finished runs.

    Args:
        earlier: see `read_earlier`.
        digest: of the data.
        runs: that are asked for now.
        work_dir: of all runs.
    """
    states = {run.stage.name: read_state(work_dir / run.stage.name) for run in runs}
    other = [run.stage.name for run in runs if states[run.stage.name].get('finished')
             and states[run.stage.name]['key'] != run.stage.key]
    changed = earlier and earlier['data'].get('digest', digest) != digest
    if changed or other:
        what = ('labels or images' if changed else
                f'weights, labels, images, settings or package, such as {other[0]}')
        raise ValueError(f'{shown(work_dir)} holds finished runs with other {what}: give another '
                         '--work-dir for these')
