"""What a config would do on this machine, out of what its trial has told."""
from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from oadp_mm.doctor.course import SHARES
from oadp_mm.doctor.finding import Finding, counted
from oadp_mm.doctor.trying import Tried
from oadp_mm.journey.memory import CLOSE, GIB
from oadp_mm.reports.tables import Table

_BATCH = 'train_dataloader.batch_size'
_UNITS = (('day', 86_400), ('hour', 3_600), ('minute', 60), ('second', 1))


def training_findings(tried: Tried, have: int, limit: float) -> Iterator[Finding]:
    """All of them.

    Args:
        tried: the trial.
        have: bytes of memory that a step may take.
        limit: seconds after which the trial was ended.
    """
    told = tried.told
    length, step = told.get('length'), told.get('step')
    if length:
        yield length_finding(length)
    if layout := told.get('layout'):
        yield Finding('ok', 'views', layout['sentence'])
    if length and step:
        yield time_finding(length, step, told['workers']['number'])
        yield memory_finding(length, step, have)
        if not step['finite']:
            yield Finding('problem', 'loss', 'that of the first step is not finite: look at the '
                          'images, and lower the learning rate '
                          '(optim_wrapper.optimizer.lr)')
    if tried.end != 'done' and not (step and tried.end == 'time'):
        yield end_finding(tried, length, limit)


def length_finding(length: Mapping[str, Any]) -> Finding:
    """How much learning it comes to."""
    steps = math.ceil(length['iterations'] / length['batches'])
    told = (f'{counted(length["images"], "image")}, {counted(length["iterations"], "iteration")} '
            f'of {length["batch"]}' + (f' in {counted(length["epochs"], "epoch")}'
                                       if length['epochs'] else '')
            + f' = {counted(steps, "optimizer step")}')
    if length['few']:
        return Finding('note', 'length', f'{told}; {length["few"]}')
    return Finding('ok', 'length', told)


def time_finding(length: Mapping[str, Any], step: Mapping[str, Any], workers: int) -> Finding:
    """How long it takes, and whether it waits for its images."""
    loading = step['loading'] / max(1, workers)
    seconds = max(step['seconds'], loading) if workers else step['seconds'] + loading
    told = (f'an iteration takes {step["seconds"]:.3g} s, its images {step["loading"]:.3g} s of a '
            f'core: {duration(seconds * length["iterations"])} in all')
    if loading > step['seconds'] and step['gpu']:
        needed = math.ceil(step['loading'] / step['seconds'])
        return Finding('note', 'time', f'{told}; the GPU would wait for {workers} data workers: '
                       f'type --cfg-options train_dataloader.num_workers={needed}')
    return Finding('ok', 'time', told)


def memory_finding(length: Mapping[str, Any], step: Mapping[str, Any], have: int) -> Finding:
    """How much memory a step takes of what there is."""
    where = 'of the GPU' if step['gpu'] else 'without data workers'
    told = f'a step takes {step["memory"] / GIB:.1f} of {have / GIB:.1f} GiB {where}'
    if step['memory'] > CLOSE * have:
        return Finding('note', 'memory', f'{told}; it may not fit later, {_smaller(length)} would')
    return Finding('ok', 'memory', told)


def end_finding(tried: Tried, length: Mapping[str, Any] | None, limit: float) -> Finding:
    """Why a trial came to no step."""
    if tried.end == 'time':
        return Finding('note', 'time', f'no step ended within {limit:g} s: type --limit '
                       f'{3 * limit:g} to wait longer, or take a smaller batch or network')
    error = tried.told.get('error', {}).get('sentence', tried.last)
    if tried.end in ('memory', 'killed') or 'out of memory' in error:
        return Finding('problem', 'memory', 'a step takes more than there is: '
                       + (f'type --cfg-options {_smaller(length)}' if length
                          else 'take a smaller network'))
    return Finding('problem', 'training', f'it would not begin: {error}')


def _smaller(length: Mapping[str, Any]) -> str:
    return f'{_BATCH}={max(2, length["batch"] // 2)}'


def schedule_table(course: Mapping[str, Any]) -> Table:
    """What moves, at shares of the training.

    Args:
        course: see `oadp_mm.doctor.course`.
    """
    rows = [[name, *values] for name, values in course['rows'].items()]
    if until := course['warm_up']:
        rows.insert(1, ['warm-up', *(f'{min(1, share / until):.0%}' for share in SHARES)])
    return Table(['of the training', *(f'{share:.0%}' for share in SHARES)], rows)


def duration(seconds: float) -> str:
    """'3 hours', in the largest unit of which there are two or more."""
    name, unit = next(((name, unit) for name, unit in _UNITS if seconds >= 2 * unit), _UNITS[-1])
    return f'about {counted(round(seconds / unit), name)}'
