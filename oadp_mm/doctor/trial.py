"""`python -m oadp_mm.doctor.trial CONFIG`: begin a training, tell what it is, and end it.

Everything that a training does before its first steps happens here as well, with the refusals of
all hooks. Standard output has a json a line, as soon as each is known, so that what ends this
process leaves what was found before.
"""
from __future__ import annotations

import json
import math
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.doctor.course import course
from oadp_mm.doctor.layout import layout, view_side
from oadp_mm.engine.bare_model import bare_model
from oadp_mm.engine.build_runner import build_runner
from oadp_mm.engine.hooks.optimizer_steps import OptimizerStepsHook
from oadp_mm.engine.run_length import accumulated_batches, images_a_step
from oadp_mm.errors import own_sentence
from oadp_mm.journey.memory import checkpoint_bytes
from oadp_mm.registry import HOOKS

#: A first step has costs of its own (compilers, caches): another one is made if it took no longer.
_QUICK_SECONDS = 20.0
#: What `ru_maxrss` counts in: bytes on macOS, else KB.
_UNIT = 1 if sys.platform == 'darwin' else 1 << 10


class Enough(Exception):
    """All is known that was to be found out."""


@HOOKS.register_module()
class TrialHook(Hook):
    """Tells what a training is when it begins, and what an iteration took; then ends it."""

    priority = 'LOWEST'

    def before_train(self, runner: Runner) -> None:
        model, batches = bare_model(runner), accumulated_batches(runner)
        tell('length', images=len(runner.train_dataloader.dataset), iterations=runner.max_iters,
             epochs=runner.max_epochs if isinstance(runner.train_loop, EpochBasedTrainLoop) else 0,
             batches=batches, batch=images_a_step(runner) // batches,
             few=next((hook.advice(runner) for hook in runner.hooks
                       if isinstance(hook, OptimizerStepsHook)), ''))
        tell('course', **course(runner, model))
        if side := view_side(runner.cfg):
            tell('layout', side=side, sentence=layout(model, side))
        kept = runner.optim_wrapper.optimizer.defaults
        tell('checkpoint', bytes=checkpoint_bytes(
            model, 2 if 'betas' in kept else int(bool(kept.get('momentum')))))

    def before_train_epoch(self, runner: Runner) -> None:
        self._since = time.perf_counter()

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        now = time.perf_counter()
        self._loading, self._since = now - self._since, now
        self._bytes = bytes_of(data_batch)

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None,
                         outputs: dict | None = None) -> None:
        if on_gpu := torch.cuda.is_available():
            torch.cuda.synchronize()
        took = time.perf_counter() - self._since
        peak = (torch.cuda.max_memory_allocated() if on_gpu else
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT)
        losses = [float(value.detach()) for value in (outputs or {}).values()
                  if isinstance(value, torch.Tensor) and value.numel() == 1]
        tell('step', seconds=took, loading=self._loading, memory=peak, gpu=on_gpu,
             batch_bytes=self._bytes, finite=all(map(math.isfinite, losses)))
        if batch_idx or took > _QUICK_SECONDS:
            raise Enough
        self._since = time.perf_counter()


def bytes_of(node: Any) -> int:
    """Bytes of all tensors in nested lists and dicts."""
    if isinstance(node, torch.Tensor):
        return node.numel() * node.element_size()
    inner = node.values() if isinstance(node, dict) else node if isinstance(
        node, list | tuple) else ()
    return sum(map(bytes_of, inner))


def tell(kind: str, **what: Any) -> None:
    """A line for whoever started us."""
    print(json.dumps({'kind': kind, **what}), flush=True)


def begin(config: Config, images: str) -> None:
    """Train until `TrialHook` has enough, in a folder that is gone afterwards.

    Args:
        config: of the training.
        images: a folder that takes the place of that of an `oadp_mm.ImageFolder`; '' for none.
    """
    config.custom_hooks = [*config.get('custom_hooks', []), dict(type='oadp_mm.TrialHook')]
    loader = config.train_dataloader
    tell('workers', number=loader.get('num_workers', 0))
    # Loaded here: workers would hold memory of their own, and start longer than they load.
    loader.update(num_workers=0, persistent_workers=False)
    loader.pop('prefetch_factor', None)
    inner = loader.dataset.get('dataset', {})
    if images and inner.get('type') == 'oadp_mm.ImageFolder':
        loader.dataset.dataset = dict(type='oadp_mm.ImageFolder', data_root=images,
                                      pipeline=inner.pipeline)
    with TemporaryDirectory() as folder, suppress(Enough):
        config.work_dir = folder
        build_runner(config).train()


def main(path: str, images: str = '') -> int:
    """Exit status 0, or 2 where the training refuses to begin."""
    with suppress(OSError):  # of all processes this is the one to end where memory is short
        Path('/proc/self/oom_score_adj').write_text('1000')
    try:
        begin(Config.fromfile(path), images)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what was to be found out
        first = (str(error).splitlines() or [''])[0]
        tell('error', sentence=own_sentence(error) or f'{type(error).__name__}: {first}')
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
