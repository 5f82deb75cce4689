"""Tells the crops which epoch it is."""
from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import EpochBasedTrainLoop, Runner

from oadp_mm.engine.hooks.dataset_walk import holders
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class CropScheduleHook(Hook):
    """Set the 1-based epoch of every transform of the training data that has `set_epoch`.

    Before each epoch, and so after a resume too; the transform's memory is shared with the data
    workers. A change of a crop's range is logged. Where no transform takes an epoch there is
    nothing to do.

    Raises:
        ValueError: when the training starts, if a crop follows epochs and the training loop counts
            iterations, or the config names one that is hidden in a wrapper.
    """

    def before_train(self, runner: Runner) -> None:
        self._crops = holders(runner, 'set_epoch')
        self._ranges: list[tuple[float, float]] = []
        if isinstance(runner.train_loop, EpochBasedTrainLoop):
            for crop in self._crops:
                if hasattr(type(crop), 'set_length'):
                    crop.set_length(runner.max_epochs)
            return
        if any(getattr(crop, 'follows_epochs', True) for crop in self._crops):
            raise ValueError(f'a dynamic crop needs epochs, but the training loop is '
                             f'{type(runner.train_loop).__name__}; set '
                             "train_cfg=dict(by_epoch=True, ...), or the crop's shift=None")

    def before_train_epoch(self, runner: Runner) -> None:
        epoch = runner.epoch + 1
        for crop in self._crops:
            crop.set_epoch(epoch)
        ranges = [crop.current_scale for crop in self._crops if hasattr(crop, 'current_scale')]
        if ranges != self._ranges:
            self._ranges = ranges
            listed = ', '.join(f'({low:.3f}, {high:.3f})' for low, high in ranges)
            runner.logger.info(f'epoch {epoch}: the crops take these shares of the image: {listed}')
