"""Probes in the middle of a pretraining: what its frozen backbone knows by now."""
from __future__ import annotations

import logging
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
import torch
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.runner import Runner

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.engine.bare_model import bare_model
from oadp_mm.files import recipe
from oadp_mm.probes.backbones import build_backbone
from oadp_mm.probes.networks import Network
from oadp_mm.probes.probe import FAMILIES, Settings, plan, probe
from oadp_mm.probes.read_data import NUCLEI, read_data
from oadp_mm.registry import HOOKS

#: Images of train and of test at most, and the shorter side of an image: those of `oadp-mm probe`.
IMAGES = 1000
SIZE, SIZE_OF_NUCLEI = 224, 160
#: Figures of a family in a line.
_TOLD = 3


@HOOKS.register_module()
class ProbeHook(Hook):
    """Measure a copy of the backbone after every `interval` epochs, and after the last.

    The figures are those that `oadp-mm probe` prints of the checkpoint of the same epoch, with
    batch-norm statistics of clean images. Those that are better when they are more go to every
    visualizer as `probe/FAMILY/NAME`, and a line of the log has the first of each family. The
    training is the same, bit by bit, as without this hook: it works on a copy, and torch's, numpy's
    and Python's generators are put back. The main process measures on the CPU while others wait.

    It lies above the engine, so that a config names its module in `custom_imports`.

    Args:
        interval: epochs between two probes.
        data: words of `oadp-mm probe --data`.
        families: of figures.

    Raises:
        ValueError: `interval` is below 1 or a family is unknown; when the training starts, if the
            data are none.
    """

    priority = 'LOW'  # after the figures of the epoch, before the checkpoint

    def __init__(self, interval: int, data: Sequence[str], families: Sequence[str]) -> None:
        if interval < 1:
            raise ValueError(f'--probe-every must be 1 epoch or more, got {interval}')
        if strange := [family for family in families if family not in FAMILIES]:
            raise ValueError(f'--probe-families {strange[0]!r} is unknown: give some of '
                             f'{",".join(FAMILIES)}')
        self.interval, self.data, self.families = interval, list(data), tuple(families)

    @master_only
    def before_train(self, runner: Runner) -> None:
        self._task = plan(read_data(self.data).at_most(IMAGES), self.families)
        for reason in (*self._task.data.notes, *self._task.left_out):
            runner.logger.warning(f'probe: {reason}')

    @master_only
    def after_train_epoch(self, runner: Runner) -> None:
        epoch = runner.epoch + 1
        if epoch % self.interval and epoch != runner.max_epochs:
            return
        settings = Settings(SIZE_OF_NUCLEI if self.data == [NUCLEI] else SIZE)
        with _untouched_generators(), tempfile.TemporaryDirectory(dir=runner.work_dir) as folder:
            found = probe(_copy(runner), self._task, settings, Path(folder), lambda *done: None)
        figures = {f'probe/{family}/{each["name"]}': each['value']
                   for family, measured in found['figures'].items() for each in measured
                   if each['better'] == 'more' and not each['detail']}
        for family, reason in found['failed'].items():
            runner.logger.warning(f'probe after epoch {epoch}: no {family} figures: {reason}')
        if figures:
            runner.visualizer.add_scalars(figures, step=runner.iter)
            runner.logger.info(f'probe after epoch {epoch}: {_line(figures)}')


def _line(figures: Mapping[str, float]) -> str:
    families: dict[str, list[str]] = {}
    for path, value in figures.items():
        _, family, name = path.split('/', 2)
        families.setdefault(family, []).append(f'{name} {value:.3g}')
    return '; '.join(f'{family}: {", ".join(told[:_TOLD])}' for family, told in families.items())


def _copy(runner: Runner) -> Network:
    """The backbone on the CPU, with plain batch norms, which need no other process."""
    model = runner.cfg.model.to_dict()
    logging.disable(logging.INFO)
    try:
        backbone = build_backbone(model['backbone'])
    finally:
        logging.disable(logging.NOTSET)
    backbone.load_state_dict(bare_model(runner).backbone.state_dict())
    reading = recipe.sixteen_bit(runner.cfg.train_dataloader.to_dict()) or 'range'
    return Network('backbone', backbone, recipe.architecture(model) or {},
                   recipe.preprocessor(model) or {}, {}, cast('SixteenBit', reading))


@contextmanager
def _untouched_generators() -> Iterator[None]:
    before = random.getstate(), np.random.get_state()  # noqa: NPY002 (transforms draw from it)
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])  # noqa: NPY002
