"""What a comparison runs: one child process a method and seed, on equal terms."""
from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from oadp_mm.files.configs import PACKAGE, config_path, read_config
from oadp_mm.stages.stage import Stage, stage_key

#: Method -> folder of its config. All are of one size: a ResNet-18 on images of 96 px.
METHODS = {
    'oadp': 'oadp', 'byol': 'baselines', 'moco': 'baselines', 'densecl': 'baselines',
    'simsiam': 'baselines', 'regioncl-m': 'regioncl', 'regioncl-d': 'regioncl',
    'regioncl-s': 'regioncl', 'regioncl-m3': 'regioncl', 'scd-moco': 'scd', 'scd-byol': 'scd',
    'scd-byol-2x': 'scd'}
CONFIG = '{folder}/{method}_resnet18_1xb64-coslr-20e_grocery-96x96.py'
FLOOR = 'random'
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


def parse_methods(text: str) -> dict[str, Path]:
    """The configs of `oadp,byol,mine=path/to/config.py`, by method.

    Raises:
        ValueError: a method is unknown, named twice or has a name that cannot be a folder's.
        FileNotFoundError: a config does not exist.
    """
    methods: dict[str, Path] = {}
    for word in filter(None, (word.strip() for word in text.split(','))):
        name, given, path = (piece.strip() for piece in word.partition('='))
        if not given and name not in METHODS:
            raise ValueError(f'method {name!r} is unknown: choose from {", ".join(METHODS)}, or '
                             'give NAME=path/to/config.py')
        if name == FLOOR or not re.fullmatch(r'\w[\w.+-]*', name):
            raise ValueError(f'{name!r} cannot name a method: use letters, digits, - and _, and '
                             f'not {FLOOR}, which is the untrained backbone')
        if name in methods:
            raise ValueError(f'method {name} is named twice: name each once')
        if given and not Path(path).is_file():
            raise FileNotFoundError(f'the config {path} of method {name} does not exist')
        methods[name] = Path(path).resolve() if given else config_path(
            CONFIG.format(folder=METHODS[name], method=name))
    if not methods:
        raise ValueError(f'--methods names none: choose from {", ".join(METHODS)}')
    return methods


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


def check_same_terms(configs: Mapping[str, dict], epochs: int, batch: int) -> None:
    """Refuse methods that would not be pretrained alike.

    Raises:
        ValueError: a config keeps its own number of epochs, accumulates gradients over steps, has
            a backbone with other tensors than the first one's, or a host's queue (mmpretrain's
            MoCo and DenseCL) that the batch does not divide.
    """
    for name, config in configs.items():
        found = config.get('train_cfg', {}).get('max_epochs')
        if found != epochs:
            raise ValueError(f'the config of {name} trains for {found} epochs where {epochs} were '
                             "asked for: have it read epochs = int('{{$OADP_EPOCHS:20}}')")
        if config.get('optim_wrapper', {}).get('accumulative_counts', 1) != 1:
            raise ValueError(f'the config of {name} accumulates gradients, so it would make fewer '
                             'steps than the others: remove accumulative_counts')
        if (length := config['model'].get('queue_len', batch)) % batch:
            raise ValueError(f'the queue of {name} holds {length} keys, which --batch {batch} does '
                             'not divide, as mmpretrain demands: choose another batch')
    _check_same_backbone({name: config['model']['backbone'] for name, config in configs.items()})


def _check_same_backbone(backbones: Mapping[str, dict]) -> None:
    from oadp_mm.probes.backbones import tensor_shapes  # slow import: only when run

    first, *others = backbones
    wanted = tensor_shapes(backbones[first])
    for name in others:
        if tensor_shapes(backbones[name]) != wanted:
            raise ValueError(f'the backbone of {name} is another network than that of {first}: '
                             'compare methods on one backbone')
