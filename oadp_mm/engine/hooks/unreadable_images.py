"""Says which images a training uses, which could not be read, and stops when there are too many."""
from __future__ import annotations

from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.runner import Runner

from oadp_mm.engine.hooks.dataset_walk import reachable
from oadp_mm.registry import HOOKS

#: A log line names this many files at most.
_NAMED = 10


@HOOKS.register_module()
class UnreadableImagesHook(Hook):
    """Log what becomes of the files of `oadp_mm.ImageFolder`, and of 16-bit ones.

    At the start: how many images are used, how many files are left out, by their endings. After the
    first iteration and then now and then: newly found unreadable images with their reasons, and
    once, if `oadp_mm.LoadImage` makes 16-bit images dark, how it would not.

    Args:
        interval: iterations between two looks; one more follows each epoch, at which the processes
            of a distributed training learn each other's findings.

    Raises:
        ValueError: `interval` is below 1.
        UnreadableImage: in training, if there are more than the data set's `max_bad_share`.
    """

    def __init__(self, interval: int = 100) -> None:
        if interval < 1:
            raise ValueError(f'interval must be at least 1 iteration, got {interval}')
        self.interval = interval

    def before_train(self, runner: Runner) -> None:
        found = list(reachable(runner.train_dataloader.dataset))
        self._folders = [node for node in found if hasattr(type(node), 'check_readable')]
        self._loaders = [node for node in found if hasattr(type(node), 'darkness')]
        self._reported: set[str] = set()
        for folder in self._folders:
            runner.logger.info(folder.sorted_out())

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch=None,
                         outputs: dict | None = None) -> None:
        if batch_idx == 0 or self.every_n_train_iters(runner, self.interval):
            self._report(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        for folder in self._folders:
            all_reduce(folder.bad, op='max')
        self._report(runner)

    def _report(self, runner: Runner) -> None:
        bad = {path for folder in self._folders for path in folder.unreadable}
        if new := bad - self._reported:
            reasons = '; '.join(filter(None, (folder.reasons(self._reported, _NAMED)
                                              for folder in self._folders)))
            self._reported = bad
            total = sum(len(folder) for folder in self._folders)
            runner.logger.warning(f'{len(new)} more images could not be read, {len(bad)} of '
                                  f'{total} so far; others take their place: {reasons}')
        for folder in self._folders:
            folder.check_readable()
        dark = next(filter(None, (loader.darkness() for loader in self._loaders)), None)
        if dark:
            self._loaders = []  # once a training
            runner.logger.warning(
                f'{dark}: if none is brighter, stretch each over all levels by --cfg-options '
                'train_dataloader.dataset.dataset.pipeline.0.sixteen_bit=minmax')
