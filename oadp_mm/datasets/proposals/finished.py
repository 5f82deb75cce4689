"""Whether a file of proposals is the one that is asked for."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oadp_mm.datasets.proposals.making import Task
from oadp_mm.files.proposal_file import read_index
from oadp_mm.files.proposals import ProposalIndex
from oadp_mm.files.shown import shown


def finished(out: Path, task: Task) -> ProposalIndex | None:
    """What an earlier call wrote, but the boxes; None if there is no such file.

    Raises:
        ValueError: it was made of other images or in another way, or it is none of ours.
    """
    if not out.exists():
        return None
    proposals = read_index(out)
    if reasons := '; '.join(_differences(proposals, task)):
        raise ValueError(f'{shown(out)} was made {reasons}: give another --out, or --overwrite')
    return proposals


def _differences(proposals: ProposalIndex, task: Task) -> Iterator[str]:
    then, now = proposals.meta, task.meta()
    if then.get('digest') != now['digest']:
        if proposals.names.tolist() == list(task.images.names):
            yield 'before some of the images changed'
        else:
            yield (f'of {len(proposals)} images of {then.get("folder")}, not of these '
                   f'{len(task.images.names)} of {now["folder"]}')
    pairs = {'method': (then.get('method'), now['method']), **_both(then, now)}
    for name, (before, after) in pairs.items():
        if before != after:
            yield f'with {name} {before}, not {after}'


def _both(then: Any, now: Any) -> dict[str, tuple[Any, Any]]:
    parameters = then.get('parameters') or {}
    names = [*now['parameters'], *(name for name in parameters if name not in now['parameters'])]
    same_method = then.get('method') == now['method']
    return {'seed': (then.get('seed'), now['seed']),
            'version': (then.get('version'), now['version']),
            **{name: (parameters.get(name), now['parameters'].get(name))
               for name in names if same_method}}
