"""What a comparison runs: one child process a method and seed, on equal terms."""
from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from oadp_mm.comparison.methods import FLOOR, check_same_terms
from oadp_mm.files.configs import PACKAGE, read_config
from oadp_mm.stages.stage import Stage, stage_key

RESULT = 'result.json'
# Of two cores and a ResNet-18 at 96 px: seconds of a process' start, and of an image in a step and
# in the probes. They only weigh the runs against each other in the time to go.
START_SECONDS, STEP_SECONDS, PROBE_SECONDS = 10, 0.04, 0.01


@dataclass(frozen=True)
class Job:
    """One run, as its child process is told.

    Args:
        data: folder of the labelled images.
        label_column: of their lists.
        size: side of the probes' images, in pixels.
        epochs: of the pretraining; 0 leaves the backbone random.
        batch: images a step.
        workers: processes that load images.
        config: of the method.
        folder: where the run writes.
        seed: of everything random.
    """

    data: str
    label_column: int
    size: int
    epochs: int
    batch: int
    workers: int
    config: str = ''
    folder: str = ''
    seed: int = 0


@dataclass(frozen=True)
class Run:
    """A method with one seed, and the stage that runs it."""

    method: str
    seed: int
    stage: Stage


def plan(methods: Mapping[str, Path], template: Job, seeds: int, work_dir: Path,
         images: tuple[int, int], content: str, floor: bool = True) -> list[Run]:
    """The runs in order: all methods with one seed, then with the next, so that a machine that
    slows down or speeds up meanwhile does it to all of them.

    Args:
        methods: name -> config.
        template: of all jobs.
        seeds: how many.
        work_dir: absolute folder of all runs.
        images: how many to pretrain on, and to probe with.
        content: stands for the labelled images.
        floor: start each seed with the untrained backbone of the first method.

    Raises:
        ValueError: a config does not follow the budget, or its backbone is another network.
    """
    env = environment(template.epochs)
    configs = {name: read_config(path, env, {}) for name, path in methods.items()}
    check_same_terms(configs, template.epochs, template.batch)
    untrained = replace(template, epochs=0, batch=0, workers=0)
    first = next(iter(methods))
    cases = [*([(FLOOR, first, untrained)] if floor else []),
             *((name, name, template) for name in methods)]
    runs, code = [], fingerprint_of_code()
    for seed in range(seeds):
        for name, source, job in cases:
            stage_name = f'{name}/seed{seed}'
            job = replace(job, config=str(methods[source]), folder=str(work_dir / stage_name),
                          seed=seed)
            model = configs[source]['model']
            parts = configs[source] if job.epochs else [model['backbone'],
                                                        model['data_preprocessor']]
            runs.append(Run(name, seed, Stage(
                stage_name, f'{name}, seed {seed}',
                (sys.executable, '-m', 'oadp_mm.comparison.run', json.dumps(asdict(job))),
                START_SECONDS + STEP_SECONDS * job.epochs * images[0]
                + PROBE_SECONDS * sum(images),
                # Neither where the run lies nor where its config does changes what it gives.
                stage_key(code, asdict(replace(job, config='', folder='')), content,
                          json.dumps(parts, default=str)),
                env=env,
                outputs=(work_dir / stage_name / RESULT,),
                epochs=job.epochs,
                val_share=0.1 if job.epochs else 1.0,  # the probes
                resume=('--resume',))))
    return runs


def fingerprint_of_code() -> str:
    """Stands for every line of the package: runs of different code are no comparison."""
    sources = sorted(PACKAGE.rglob('*.py'))
    return stage_key(*(hashlib.sha256(path.read_bytes()).hexdigest() for path in sources))


def environment(epochs: int) -> dict[str, str]:
    """Variables of a run: configs read their number of epochs, and no thread waits spinning."""
    threads = os.environ.get('OMP_NUM_THREADS', str(min(4, os.cpu_count() or 1)))
    return {'OADP_EPOCHS': str(epochs), 'OMP_NUM_THREADS': threads,
            'OMP_WAIT_POLICY': os.environ.get('OMP_WAIT_POLICY', 'PASSIVE')}
