"""What a fine-tuning runs: every model, number of labels and seed from every start, alike."""
from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from oadp_mm.datasets.labelled.label_subset import label_subset
from oadp_mm.datasets.labelled.labelled import Labelled, Maps, Objects
from oadp_mm.datasets.labelled.subset import label_order
from oadp_mm.files.whole_file import write_text
from oadp_mm.journey.adapted_model import adapted_model
from oadp_mm.journey.figures import lacking
from oadp_mm.journey.hosts import Model
from oadp_mm.journey.lengths import Settings, size_for, steps_for
from oadp_mm.journey.run_config import Length, as_text, run_config
from oadp_mm.journey.starts import Start, drawn
from oadp_mm.stages.stage import Stage
from oadp_mm.stages.training import training_stage

Labels = int | Literal['all']
# Of two cores and the small models at 160 px: seconds of a process' start, of an image in a step
# and of a test image. They only weigh the runs against each other in the time to go.
START_SECONDS, STEP_SECONDS, TEST_SECONDS = 12, {'mmdet': 0.2, 'mmseg': 0.06}, 0.1


@dataclass(frozen=True)
class Task:
    """A fine-tuning as it was asked for.

    Args:
        data: labelled.
        models: to be trained.
        starts: of each; the last is the baseline of all differences.
        labels: how many train images are labelled.
        seeds: runs of each, with the seeds 0, 1, ...
        settings: what is otherwise than the rules have it, by the model's name.
        command: that repeats it.
        asked: options that all runs share, see `earlier.refuse_other_settings`.
    """

    data: Labelled
    models: Sequence[Model]
    starts: Sequence[Start]
    labels: Sequence[Labels]
    seeds: int
    settings: Mapping[str, Settings] = field(default_factory=dict)
    command: str = ''
    asked: Mapping[str, str] = field(default_factory=dict)

    def classes(self, model: Model) -> tuple[str, ...]:
        """What the model learns to tell apart."""
        return self.data.classes if model.host == 'mmdet' else self.data.map_classes

    def length(self, model: Model, labels: Labels) -> Length:
        """Of the runs of a model with so many labels, the same from every start."""
        asked = self.settings.get(model.name, Settings())
        images = self.data.train if labels == 'all' else labels
        batch = asked.batch or model.batch
        return Length(asked.steps or steps_for(model.host, images, batch), batch,
                      asked.size or size_for(self.data.side))


@dataclass(frozen=True)
class Run:
    """One training, and the stage that runs it."""

    model: str
    start: str
    labels: Labels
    seed: int
    stage: Stage


def plan(task: Task, work_dir: Path) -> list[Run]:
    """The runs in order, their configs and label subsets written.

    All starts of one model, number of labels and seed stand together, so that a machine that slows
    down meanwhile does it to all of them, and so that a difference is known early.

    Args:
        task: what to run.
        work_dir: absolute folder of all runs.

    Raises:
        ValueError: see `check`, `label_subset` and `adapted_model`.
        FileNotFoundError: a host's package or its training script is missing.
    """
    check(task)
    chosen = {(labels, seed): label_subset(task.data, None if labels == 'all' else labels, seed,
                                           work_dir / 'data/subsets')
              for labels in task.labels for seed in range(task.seeds)}
    adapted = {(model.name, start.name): adapted_model(
        model.model, start.architecture, start.preprocessor, len(task.classes(model)))
        for model in task.models for start in task.starts}
    weights = {(start.name, seed): drawn(start, seed, work_dir / 'starts')
               for start in task.starts for seed in range(task.seeds)}
    return [_run(task, model, adapted[model.name, start.name], weights[start.name, seed], labels,
                 seed, chosen[labels, seed][0 if model.host == 'mmdet' else 1], work_dir)
            for model in task.models for labels in task.labels for seed in range(task.seeds)
            for start in task.starts]


def check(task: Task) -> None:
    """Raise ValueError if the data lack the labels that a model learns."""
    data = task.data
    for model in task.models:
        if model.host == 'mmseg' and not data.maps:
            raise ValueError(f'{data.name} has no class of each pixel, which {model.typed} learns: '
                             'give a detector, such as mask-rcnn or faster-rcnn, or masks')
        if model.host == 'mmdet' and not data.objects:
            raise ValueError(f'{data.name} has no boxes, which {model.typed} learns: give a '
                             'segmenter, such as fcn, or boxes')
        if model.masks and not data.outlined:
            raise ValueError(f'{data.name} has boxes without masks, which {model.typed} learns: '
                             'give a detector of boxes, such as faster-rcnn')


def notes(task: Task) -> list[str]:
    """What a user should know before it begins, a sentence each."""
    said = [*task.data.notes, *(note for start in task.starts for note in start.notes)]
    kinds = {str(dict(start.architecture)): start.typed for start in task.starts}
    if len(kinds) > 1:
        said.append(f'the starts are of {len(kinds)} architectures '
                    f'({", ".join(kinds.values())} and those like them): a difference is one of '
                    'networks, too')
    said += _unseen_of_few(task)
    for model in task.models:
        kind = str(model.model['backbone'].get('type'))
        options = task.settings.get(model.name, Settings()).options
        frozen, still = (options.get(f'model.backbone.{key}', model.model['backbone'].get(key, no))
                         for key, no in (('frozen_stages', -1),
                                        ('norm_eval', model.host == 'mmdet' and 'ResNet' in kind)))
        if frozen >= 0 or still:
            said.append(
                f'{model.typed} freezes parts of its backbone or its norms, which random weights '
                'do not bear: --cfg-options model.backbone.frozen_stages=-1 '
                'model.backbone.norm_eval=False trains all')
    return said


def _unseen_of_few(task: Task) -> list[str]:
    """A sentence on each number of labels that shows fewer classes than the train images."""
    present = task.data.present
    every = frozenset[int]().union(*present)
    said = []
    for labels in task.labels:
        if labels == 'all':
            continue
        chosen = [label_order(present, seed)[:labels] for seed in range(task.seeds)]
        shown = min(len(set().union(*(present[i] for i in each))) for each in chosen)
        if shown < len(every):
            said.append(f'{labels} labelled images show {shown} of {len(every)} classes, so that '
                        'nothing is learned of the others: more --labels show more')
    return said


def _run(task: Task, model: Model, adapted: Mapping[str, Any], start: Start, labels: Labels,
         seed: int, chosen: Objects | Maps | None, work_dir: Path) -> Run:
    assert chosen is not None, 'see check'
    name = f'{model.name}/labels-{labels}/seed{seed}/{start.name}'
    length = task.length(model, labels)
    folder = work_dir / name
    asked = task.settings.get(model.name, Settings())
    config = run_config(model, adapted, start, task.data, chosen, length, asked.lr, seed,
                        folder / 'predictions')
    file = work_dir / 'configs' / f'{name.replace("/", "_")}.py'
    file.parent.mkdir(parents=True, exist_ok=True)
    words = f'{labels} labelled images' if labels != 'all' else f'all {task.data.train} images'
    command = shlex.join(['oadp-mm', 'train', str(file), '--work-dir', str(folder)])
    write_text(file, as_text(config, f'{model.typed} from {start.typed}, {words} of '
                             f'{task.data.name}, seed {seed}.\nAsked for: {task.command}\n'
                             f'Command: {command}', asked.options))
    pixels = (length.size / 160) ** 2 * (1 if model.name.endswith('-small') else 5)
    stage = training_stage(
        name, f'{model.name} from {start.typed}, {words}, seed {seed}', model.host, file, work_dir,
        seconds=START_SECONDS + pixels * (STEP_SECONDS[model.host] * length.steps * length.batch
                                          + TEST_SECONDS * task.data.test),
        inputs=[task.data.digest, task.data.map_digest * (model.host == 'mmseg'), start.key],
        lacks=partial(lacking, model))
    return Run(model.name, start.typed, labels, seed, stage)
