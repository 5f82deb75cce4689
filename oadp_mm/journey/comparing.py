"""What a comparison runs: one pretraining a method and seed, on equal terms, then one probe."""
from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oadp_mm.journey import orl
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.backbone import stride
from oadp_mm.journey.methods import METHODS, WITH_CORRESPONDENCES, WITH_PROPOSALS
from oadp_mm.stages.stage import Stage, fingerprint_of_code, stage_key
from oadp_mm.stages.training import threads

FLOOR = 'random'
IMAGES, FEATURES = 'images', 'features'
# Of two cores and a ResNet-18: seconds of a process' start, of an image of 96 px in a step, and in
# the probe of a network. They only weigh the stages against each other in the time to go.
START_SECONDS, STEP_SECONDS, PROBE_SECONDS = 10, 0.04, 0.02


@dataclass(frozen=True)
class Run:
    """A method with one seed, and the stage that pretrains it."""

    method: str
    seed: int
    stage: Stage


def parse_methods(text: str) -> list[str]:
    """The methods of `oadp,byol`.

    Raises:
        ValueError: one is unknown or named twice, or there is none.
    """
    methods = [word.strip() for word in text.split(',') if word.strip()]
    for name in methods:
        if name not in METHODS:
            raise ValueError(f'method {name!r} is unknown: choose from {", ".join(METHODS)}; what '
                             'another config trained, oadp-mm probe puts beside them')
        if methods.count(name) > 1:
            raise ValueError(f'method {name} is named twice: name each once')
    if not methods:
        raise ValueError(f'--methods names none: choose from {", ".join(METHODS)}')
    return methods


def link_images(paths: Sequence[Path], folder: Path) -> None:
    """Make a folder of links to images, numbered in their order, and of nothing else.

    So what a pretraining sees is one folder, however the labelled images lie, and no test image is
    in it.
    """
    partial = folder.with_name(f'.{folder.name}.partial')
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for number, path in enumerate(paths):
        (partial / f'{number:07d}{path.suffix}').symlink_to(path.resolve())
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def pretraining_runs(methods: Sequence[str], template: Asked, seeds: int, work_dir: Path,
                     images: int, content: str, workers: int) -> list[Run]:
    """The runs in order: all methods with one seed, then with the next, so that a machine that
    slows down or speeds up meanwhile does it to all of them.

    Args:
        methods: names.
        template: what all are asked, but method and seed; its folder is that of `link_images`.
        seeds: how many.
        work_dir: absolute folder of all stages.
        images: how many to pretrain on.
        content: stands for the images.
        workers: processes that load them.
    """
    code = fingerprint_of_code()
    pixels = (template.size / 96) ** 2
    runs = []
    for seed in range(seeds):
        for method in methods:
            told = replace(template, folder='', method=method, seed=seed).as_dict()
            name, asked = f'{method}/seed{seed}', replace(
                template, method=method, seed=seed,
                proposals=_file(orl.PROPOSALS, method in WITH_PROPOSALS, work_dir),
                correspondences=_file(
                    orl.CORRESPONDENCES, method in WITH_CORRESPONDENCES, work_dir))
            words = shlex.split(asked.command(work_dir / name))[1:]
            runs.append(Run(method, seed, Stage(
                name, f'{method}, seed {seed}',
                (sys.executable, '-m', 'oadp_mm', *words, '--workers', str(workers)),
                START_SECONDS + STEP_SECONDS * pixels * template.epochs * images,
                # `content` stands for the images; where their links lie changes nothing.
                stage_key(code, told, workers, content),
                env=threads(),
                outputs=(work_dir / name / f'epoch_{template.epochs}.pth',),
                epochs=template.epochs)))
    return runs


def _file(name: str, used: bool, work_dir: Path) -> str:
    return str(orl.file_of(name, work_dir)) if used else ''


def stages_before(methods: Sequence[str], template: Asked, work_dir: Path, images: int,
                  content: str, workers: int, min_side: int) -> list[Stage]:
    """What some methods learn from, made of `link_images` once for all seeds: proposals, and
    correspondences by a first stage as long as the runs.

    Args:
        min_side: of ORL's boxes, see `least_box_side`; the others: see `pretraining_runs`.
    """
    whole = WITH_CORRESPONDENCES.intersection(methods)
    wanted = set(orl.STAGES[:-1]) if whole else (
        {orl.PROPOSALS} if WITH_PROPOSALS.intersection(methods) else set())
    made = orl.stages(replace(template, method='orl'), orl.Discovery(
        min_side, min(orl.Discovery.neighbours, images - 1)), images, content, work_dir, workers,
        fingerprint_of_code())
    return [stage for stage in made if stage.name in wanted]


def probed_size(asked: Asked) -> int:
    """Shorter side of the probe's images: the views' side, to the nearest whole cell of the map."""
    cell = stride(asked)
    return max(1, round(asked.size / cell)) * cell


def probe_stage(runs: Sequence[Run], seeds: int, data: Sequence[str], options: Sequence[str],
                work_dir: Path, images: int, content: str) -> Stage:
    """One probe of all finished runs, and of as many untrained networks as there are seeds.

    Args:
        runs: that are finished, one at least.
        seeds: untrained networks; 0 for none.
        data: as for `oadp-mm probe --data`.
        options: further ones of it.
        work_dir: absolute folder of all stages.
        images: how many a network sees.
        content: stands for the data.
    """
    files = [*(str(work_dir / run.stage.name) for run in runs),
             *(f'{FLOOR}:{seed}' for seed in range(seeds))]
    words = ('probe', *files, '--data', *data, *options, '--work-dir', str(work_dir / FEATURES))
    return Stage(
        'probe', 'probe of all', (sys.executable, '-m', 'oadp_mm', *words),
        START_SECONDS + PROBE_SECONDS * len(files) * images,
        stage_key(fingerprint_of_code(), [run.stage.key for run in runs], seeds, list(options),
                  content),
        env=threads(),
        # In a folder of its own: features stay where a method that failed is tried again.
        outputs=(work_dir / FEATURES / 'probe.json',))
