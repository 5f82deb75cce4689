"""Runs the protocol's commands, several at once, and keeps the figures of what is finished."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.evidence.protocol import STEPS, TUNINGS, UNTRAINED
from benchmarks.evidence.provided import provide
from benchmarks.evidence.work import Unit, Work
from oadp_mm.files.lock import hold
from oadp_mm.files.whole_file import write_text
from oadp_mm.probes.networks import RANDOM
from oadp_mm.reports.machine import machine_table
from oadp_mm.reports.training_log import read_training_log
from oadp_mm.stages.interrupts import end_as_interrupt
from oadp_mm.stages.stage import StageFailed, is_finished, read_state, run_stage

#: Points of a curve that is kept.
POINTS = 20


class Stopped(Exception):
    """The run was told to end."""


def run(out: Path, data: Path, figures: Path, wanted: Sequence[str], jobs: int) -> int:
    """Do what is not done yet; the number of units that failed.

    Args:
        out: folder of the work, which may be as large as it needs.
        data: folder of the labelled data.
        figures: folder of the small files.
        wanted: of `PARTS` and `TUNINGS`.
        jobs: commands at once.
    """
    stop, locks, failed = threading.Event(), defaultdict[str, threading.Lock](threading.Lock), []
    with hold(out, 'evidence'), end_as_interrupt():
        work = provide(out, data)
        todo = [unit for unit in work.units(wanted)
                if not (figures / f'{unit.name}.json').exists()]
        print(f'{len(todo)} units to do', flush=True)

        def listen(line: str) -> None:
            if stop.is_set():
                raise Stopped

        def one(unit: Unit) -> None:
            start = time.monotonic()
            try:
                for stage in unit.stages:
                    with locks[stage.name]:
                        if stop.is_set():
                            return
                        if not is_finished(stage, out):
                            run_stage(stage, out, listen)
            except Stopped:
                return
            except StageFailed as error:
                failed.append(unit.name)
                print(f'{unit.name} failed: {error}', file=sys.stderr, flush=True)
                return
            file = figures / f'{unit.name}.json'
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, json.dumps(_content(unit, work)) + '\n')
            print(f'{time.strftime("%H:%M:%S")} {unit.name}: {time.monotonic() - start:.0f} s',
                  flush=True)

        with ThreadPoolExecutor(jobs) as pool:
            try:
                list(pool.map(one, todo))
            except KeyboardInterrupt:
                stop.set()
                print('Stopping. The same command goes on from here.', flush=True)
                pool.shutdown(cancel_futures=True)
                return 1
    return len(failed)


def _content(unit: Unit, work: Work) -> dict[str, Any]:
    """What is kept of a finished unit."""
    told: dict[str, Any] = {
        'commands': list(dict.fromkeys(work.shown(stage) for stage in unit.stages)),
        'code': _code(), 'machine': dict(
            row for row in machine_table().rows if row[0] in ('processor', 'torch')),
        'seconds': {stage.name: round(read_state(work.out / stage.name)['seconds'])
                    for stage in unit.stages}}
    if unit.name.split('/')[0] in TUNINGS:
        return {**told, 'runs': _runs(unit)}
    training = [stage for stage in unit.stages if '/probe-' not in stage.name][-1]
    log = read_training_log(work.out / training.name)
    return {**told, 'figures': _figures(unit), 'curves': {
        name: _thinned(log.curve(name)) for name in ('loss', 'health/effective_rank')}}


def _runs(unit: Unit) -> list[dict[str, Any]]:
    content = json.loads(unit.stages[-1].outputs[0].read_text())
    runs = [{key: one[key] for key in ('start', 'seed', 'metrics')} for one in content['runs']]
    for one in runs:
        one['start'] = UNTRAINED if one['start'] == RANDOM else Path(one['start']).parent.name
    return runs


def _figures(unit: Unit) -> dict[str, dict[str, float]]:
    """Steps, or `UNTRAINED` -> data, family, table and name -> value."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for stage in unit.stages:
        if '/probe-' not in stage.name:
            continue
        data = stage.name.split('/probe-')[1].rsplit('-seed', 1)[0]
        content = json.loads(stage.outputs[0].read_text())
        for at, network in zip((*STEPS, UNTRAINED), content['probed'], strict=False):
            for family, some in network['figures'].items():
                found[str(at)].update({f'{data}/{family}/{one["table"]}/{one["name"]}':
                                       round(one['value'], 4) for one in some})
        shutil.rmtree(stage.outputs[0].parent / 'features', ignore_errors=True)
    return found


def _thinned(curve: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    every = max(1, len(curve) // POINTS)
    return [(step, round(value, 4)) for step, value in curve[::-1][::every][::-1]]


def _code() -> str:
    found = subprocess.run(['git', 'describe', '--always', '--dirty', '--exclude=*'],
                           capture_output=True, text=True, check=False)
    return found.stdout.strip()
