"""Gives every draw of a training its seed, so that a resumed one draws what the whole one drew."""
from __future__ import annotations

from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.datasets.seeding import Draws, seed_generators
from oadp_mm.engine.hooks.dataset_walk import holders
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class SeedHook(Hook):
    """Seed what draws, by (seed, process, where the training is).

    - *The model* (regions, drop path, sampled boxes): the training process's generators are seeded
      before each iteration, whatever was drawn before.
    - *Views*: `MultiViewDataset` is told the epoch, and seeds each item. A training that counts
      iterations has no epochs to tell; its views are drawn by the workers' generators.
    - *Workers*: the seed that torch draws when they start, see `oadp_mm.seed_worker`.

    So a pretraining that was resumed ends bit-equal to one that was not; with several processes and
    a step pending at the checkpoint, equal up to rounding. A resumed fine-tuning that counts
    iterations, or keeps its workers from epoch to epoch, goes on with its weights, schedule and
    order of data, but its workers start anew and draw other augmentations; none are repeated.
    """

    priority = 'VERY_HIGH'  # other hooks draw from what this one seeded

    def before_train(self, runner: Runner) -> None:
        self._datasets = holders(runner, 'set_seed')

    def before_train_epoch(self, runner: Runner) -> None:
        seed_generators(Draws.WORKERS, runner.seed, get_rank(), runner.iter)
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            for dataset in self._datasets:
                dataset.set_seed(runner.seed, get_rank(), runner.epoch + 1)

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch=None) -> None:
        seed_generators(Draws.ITERATION, runner.seed, get_rank(), runner.iter)
