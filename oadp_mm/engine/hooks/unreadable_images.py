"""Says which images could not be read, and stops when there are too many."""
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
    """Log newly found unreadable images of `oadp_mm.ImageFolder` by name and in total.

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
        found = reachable(runner.train_dataloader.dataset)
        self._folders = [node for node in found if hasattr(type(node), 'check_readable')]
        self._reported: set[str] = set()

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch=None,
                         outputs: dict | None = None) -> None:
        if self.every_n_train_iters(runner, self.interval):
            self._report(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        for folder in self._folders:
            all_reduce(folder.bad, op='max')
        self._report(runner)

    def _report(self, runner: Runner) -> None:
        bad = {path for folder in self._folders for path in folder.unreadable}
        new = sorted(bad - self._reported)
        if new:
            self._reported = bad
            names = ', '.join(new[:_NAMED]) + (', ...' if len(new) > _NAMED else '')
            total = sum(len(folder) for folder in self._folders)
            runner.logger.warning(f'{len(new)} more images could not be read, {len(bad)} of '
                                  f'{total} so far; others take their place: {names}')
        for folder in self._folders:
            folder.check_readable()
