"""What the demo runs: the journey on the nuclei, each stage one of its commands."""
from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from oadp_mm.stages.stage import Stage, fingerprint_of_code, stage_key
from oadp_mm.stages.training import threads

#: The stages' folders, in order.
STAGES = ('pretrain', 'probe', 'detector', 'segmenter', 'report')
#: The detector's and the segmenter's.
TUNED = STAGES[2:4]


@dataclass(frozen=True)
class Length:
    """How much of everything.

    Args:
        epochs: of the pretraining, 8 steps each.
        families: of probes.
        labels: images that the fine-tunings see with their labels.
        seeds: of each fine-tuning.
        steps: of the detector and of the segmenter.
        seconds: expected seconds of each stage on two cores.
    """

    epochs: int
    families: str
    labels: int
    seeds: int
    steps: tuple[int, int]
    seconds: tuple[float, ...]


FULL = Length(40, 'region,dense,label-free', 16, 2, (500, 250), (235, 50, 460, 150, 15))
QUICK = Length(10, 'dense', 16, 1, (100, 100), (75, 30, 90, 40, 12))
#: A ResNet-18 a quarter as wide as usual makes the most of minutes. The last stage keeps its grid,
#: so that views of 112 px have the paper's 7x7 cells.
NETWORK = ('--backbone', 'resnet18', '--width', '16', '--last-stride', '1', '--size', '112')


def plan(work_dir: Path, length: Length, seed: int) -> list[Stage]:
    """The stages of the demo, each keyed by the code and by everything that goes into it.

    Args:
        work_dir: absolute folder of all stages.
        length: full or quick.
        seed: of the pretraining; the fine-tunings have their own.
    """
    # As one would type them; figures are told by these words.
    here = Path(os.path.relpath(work_dir)) if work_dir.is_relative_to(Path.cwd()) else work_dir
    run, times = str(here / 'pretrain'), dict(zip(STAGES, length.seconds, strict=True))
    stages: list[Stage] = []
    code = fingerprint_of_code()

    def add(name: str, title: str, output: str, *words: object, epochs: int = 0) -> None:
        typed = tuple(map(str, words))
        key = stage_key(code, shlex.join(typed), [each.key for each in stages[:1]])
        stages.append(Stage(name, title, (sys.executable, '-m', 'oadp_mm', *typed), times[name],
                            key, env=threads(), outputs=(work_dir / output,), epochs=epochs))

    def tune(name: str, title: str, model: str, steps: int, batch: int) -> None:
        add(name, title, f'{name}/finetune.json', 'finetune', '--data', 'nuclei', '--model', model,
            '--from', run, '--from', 'random', '--labels', length.labels, '--seeds', length.seeds,
            '--steps', steps, '--batch', batch, '--lr', 1e-3, '--work-dir', here / name)

    add('pretrain', 'pretrain with OADP on 544 images without labels',
        f'pretrain/epoch_{length.epochs}.pth', 'pretrain', 'nuclei', *NETWORK, '--batch', 64,
        '--epochs', length.epochs, '--seed', seed, '--work-dir', run, epochs=length.epochs)
    add('probe', 'probe what it has learned', 'probe/probe.json', 'probe', run, 'random', '--data',
        'nuclei', '--families', length.families, '--work-dir', here / 'probe')
    tune('detector', 'fine-tune Mask R-CNN from it and from random weights', 'mask-rcnn-small',
         length.steps[0], 2)
    tune('segmenter', 'fine-tune FCN from it and from random weights', 'fcn-small',
         length.steps[1], 8)
    # Written anew by every run that did anything: it costs seconds.
    report = Stage('report', 'write the report', (
        sys.executable, '-m', 'oadp_mm', 'report', str(here)), times['report'],
        stage_key(*(each.key for each in stages)), outputs=(work_dir / 'report.html',))
    return [*stages, report]


def clean(work_dir: Path) -> None:
    """Remove what the demo made, and nothing else that may lie in the folder."""
    for name in STAGES:
        shutil.rmtree(work_dir / name, ignore_errors=True)
    (work_dir / 'report.html').unlink(missing_ok=True)
