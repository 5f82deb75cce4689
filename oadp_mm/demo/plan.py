"""What the demo runs: eight commands, how long each should take, and what each depends on."""
from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oadp_mm.demo.figures import STARTS
from oadp_mm.files.configs import config_path
from oadp_mm.stages.stage import Stage, stage_key
from oadp_mm.stages.training import training_stage
from oadp_mm.version import __version__

#: The stages' folders, in order. Pretraining composes its own scenes and need not wait for them.
STAGES = ('pretrain', 'scenes', 'export', 'mask-rcnn_oadp', 'mask-rcnn_random', 'fcn_oadp',
          'fcn_random', 'report')
SIDE = 160  # of a scene, in pixels
FINE_TUNINGS = [
    (model, start, title, STARTS[start], host, f'{architecture}_{initialisation}_digits')
    for model, title, host, architecture in (
        ('mask-rcnn', 'Mask R-CNN', 'mmdet', 'mask-rcnn_resnet18-fpn'),
        ('fcn', 'FCN', 'mmseg', 'fcn_resnet18-d16'))
    for start, initialisation in (('oadp', 'oadp-pre'), ('random', 'random-init'))]


@dataclass(frozen=True)
class Length:
    """How much of everything.

    Args:
        quick: the configs' short schedules (they read `OADP_QUICK`).
        train: scenes to fine-tune on.
        test: scenes to measure on.
        seconds: expected seconds of each stage on two cores.
        options: further settings of each host's trainings, as for `--cfg-options`.
    """

    quick: bool
    train: int
    test: int
    seconds: tuple[float, ...]
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


FULL = Length(False, 640, 60, (215, 9, 4, 130, 130, 70, 70, 11))
QUICK = Length(True, 160, 40, (75, 5, 4, 48, 48, 26, 26, 11))


def plan(work_dir: Path, length: Length, seed: int) -> list[Stage]:
    """The stages of the demo, each keyed by everything that goes into it.

    Args:
        work_dir: absolute folder of all stages.
        length: full or quick.
        seed: which scenes, and of every training.

    Raises:
        FileNotFoundError: if a host's package or its training script is missing.
    """
    seconds = dict(zip(STAGES, length.seconds, strict=True))
    data = work_dir / 'scenes/data'
    backbone = work_dir / 'export/backbone.pth'
    env = {'OADP_DATA': str(data), 'OADP_CKPT': str(backbone), 'OADP_QUICK': str(int(length.quick))}

    def ours(name: str, title: str, words: tuple[str, ...], output: Path, *inputs: str) -> Stage:
        command = (sys.executable, '-m', 'oadp_mm', *words)
        return Stage(name, title, command, seconds[name],
                     stage_key(__version__, words, inputs), outputs=(output,))

    def training(name: str, title: str, host: str, config: str, *inputs: str) -> Stage:
        # A path that may hold blanks goes by the environment: --cfg-options would drop them.
        own = {**env, 'OADP_PREDICTIONS': str(work_dir / name / 'predictions')}
        return training_stage(
            name, title, host, config_path(f'demo/{config}.py'), work_dir, seconds=seconds[name],
            env=own, options={'randomness.seed': seed, **length.options.get(host, {})},
            inputs=inputs, last_prediction=_last_prediction(host, length.test))

    scenes = ours('scenes', 'compose scenes', (
        'scenes', str(data), '--num-train', str(length.train), '--num-test', str(length.test),
        '--size', str(SIDE), str(SIDE), '--seed', str(seed)), data)
    pretrain = training('pretrain', 'pretrain ResNet-18 with OADP', 'mmpretrain',
                        'oadp_resnet18_digits')
    checkpoint = work_dir / f'pretrain/epoch_{pretrain.epochs}.pth'
    export = ours('export', 'export its backbone',
                  ('export', str(checkpoint), str(backbone)), backbone, pretrain.key)
    tuned = [
        training(f'{model}_{start}', f'{title} from {words}', host, config, scenes.key,
                 *([export.key] if start == 'oadp' else []))
        for model, start, title, words, host, config in FINE_TUNINGS]
    report = ours('report', 'write the report', ('report', str(work_dir)),
                  work_dir / 'report.html', *(stage.key for stage in (export, *tuned)))
    return [pretrain, scenes, export, *tuned, report]


def clean(work_dir: Path) -> None:
    """Remove what the demo made, and nothing else that may lie in the folder."""
    for name in STAGES:
        shutil.rmtree(work_dir / name, ignore_errors=True)
    (work_dir / 'report.html').unlink(missing_ok=True)


def _last_prediction(host: str, test: int) -> str:
    """The file that the last validation writes at its end, of what it predicted."""
    return 'predictions.segm.json' if host == 'mmdet' else f'predictions/{test - 1:06d}.png'
