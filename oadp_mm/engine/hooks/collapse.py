"""Looks now and then whether the features still tell images apart."""
from __future__ import annotations

from collections.abc import Mapping

import torch
from mmengine.dist import all_reduce_dict
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import Tensor

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.models.health import health
from oadp_mm.registry import HOOKS

#: Collapsed is what has fewer directions than this, and than this share of the start's, while views
#: of one image lie closer together than this share of the distance of strangers.
RANK, RANK_SHARE, AGREEMENT = 4.0, 1 / 2, 1 / 100
#: And what has less of the start's deviation.
DEVIATION_SHARE = 1 / 4
#: Gray levels by which images differ at least.
_DIFFERENT = 1.0
_START = 'health_start'


@HOOKS.register_module()
class CollapseHook(Hook):
    """Log how features spread, and say so when they collapse.

    At the start and after every `interval` iterations the figures of `oadp_mm.models.health` on
    the same views are logged beside the losses as `health/effective_rank`, `health/alignment`,
    `health/cell_deviation`, `health/projected_effective_rank` and so on, for every visualizer; the
    progress line shows the rank. The run ends bit-equal to one without this hook.

    Features have collapsed if in two looks in a row, of the backbone's features of whole views or
    of their projections,

    - the effective rank is below 4, and below half of the start's, while two views of an image are
      100 times closer than views of two images (mean squared distance of unit rows): all that the
      loss can ask for is reached along a few axes. Batch norm keeps each channel's variance, so
      that a collapse looks like this and not like one point;
    - or the deviation is below a quarter of the start's: all rows are nearly one, and what little
      they differ by may be noise of any rank.

    The projections are looked at because they go first: once they agree the loss has no gradient,
    and the backbone stays as it is. On the nuclei (ResNet-18 of 16 base channels, views of 48 or
    64 px, one seed each) SimSiam's projections without predictor and stop-gradient had after 150
    steps a rank of 1.7 and an alignment of 1/1800 of the distance of strangers, with both 11.6 and
    1/9. BYOL's had 8.0 and 1/3 after 306 steps, OADP's 6.2 and 1/5; a run that nobody made collapse
    went down to 2.3, at 1/4, so that the rank alone does not tell. The backbone's fell to two
    thirds or less in all of them: the other figures are for reading. All is relative to the start,
    for untrained networks differ; two looks, for one may be a moment.

    Args:
        interval: iterations between two looks. A look takes a forward pass of the views and some
            matrix algebra: 0.8 % of the time of BYOL on a thin ResNet-18 and one core.
        images: how many are looked at, in all their views; the first of the training (of a resumed
            one, its own first), kept as they came. The first look waits until there are so many.
        stop: end the run where there would be a warning.

    Raises:
        ValueError: `interval` is below 1 or `images` below 2; when the training starts, if the
            model has no backbone; with `stop`, in training, if the features have collapsed or all
            images are alike.
    """

    def __init__(self, interval: int = 50, images: int = 32, stop: bool = False) -> None:
        if interval < 1 or images < 2:
            raise ValueError('CollapseHook looks every interval >= 1 iterations at images >= 2, '
                             f'got interval={interval}, images={images}')
        self.interval, self.images, self.stop = interval, images, stop

    def before_train(self, runner: Runner) -> None:
        self._model = bare_model(runner)
        if not hasattr(self._model, 'backbone'):
            raise ValueError(f'{type(self._model).__name__} has no backbone whose features could '
                             'collapse: leave oadp_mm.CollapseHook out of custom_hooks')
        self._views: list[Tensor] = []
        self._suspect = self._told = False
        runner.message_hub.update_info('health', '')
        self._start: Mapping[str, float] | None = (
            runner.message_hub.get_info(_START) if runner.iter else None)

    def before_train_iter(self, runner: Runner, batch_idx: int,
                          data_batch: dict | None = None) -> None:
        if self._gathered or data_batch is None:
            return
        if not all(isinstance(view, Tensor) for view in data_batch['inputs']):
            return  # the model refuses them, and says why
        inputs = [view[:self.images].cpu().clone() for view in data_batch['inputs']]
        self._views = [torch.cat(pair)[:self.images] for pair in zip(
            self._views, inputs, strict=True)] if self._views else inputs
        if self._gathered:
            self._look(runner, runner.iter)

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        if self._gathered and self.every_n_train_iters(runner, self.interval):
            self._look(runner, runner.iter + 1)

    @property
    def _gathered(self) -> bool:
        return bool(self._views) and len(self._views[0]) == self.images

    def _look(self, runner: Runner, iteration: int) -> None:
        figures = health(self._model, self._views)
        # All processes come to one verdict, or to none: what is not finite is FiniteLossHook's.
        if _mean({'finite': float(bool(figures))})['finite'] < 1:
            return
        figures = _mean({**figures, 'apart': _apart(self._views)})
        apart = figures.pop('apart')
        for name, value in figures.items():
            runner.message_hub.update_scalar(f'train/health/{name}', value)
        if self._start is None:
            self._start = figures
            runner.message_hub.update_info(_START, figures)
        reason = None if apart < _DIFFERENT else collapse(figures, self._start)
        collapsed, self._suspect = self._suspect and reason is not None, reason is not None
        runner.message_hub.update_info('health', f'rank {figures["effective_rank"]:.1f}' + (
            ', collapsed' if collapsed else ''))
        if apart < _DIFFERENT:
            self._say(runner, f'the images are all alike: {self.images} of them differ by '
                      f'{apart:.2g} gray levels, from which nothing can be learned; look at the '
                      'files, and at how they are decoded and cropped')
        elif collapsed:
            self._say(runner, f'the features have collapsed by iteration {iteration} of '
                      f'{runner.max_iters}: {reason}; train with a lower '
                      'optim_wrapper.optimizer.lr, and see that what keeps the method from it is '
                      'there: its predictor, its stopped gradient, its negatives')

    def _say(self, runner: Runner, sentence: str) -> None:
        if self.stop:
            raise ValueError(sentence)
        if not self._told:
            runner.logger.warning(sentence)
        self._told = True


def collapse(now: Mapping[str, float], start: Mapping[str, float]) -> str | None:
    """Why these figures are those of a collapse, in the words of a sentence; else None.

    Args:
        now: see `oadp_mm.models.health`.
        start: the same of the untrained network.
    """
    for level, name in (('projected_', 'projections'), ('', 'features')):
        if f'{level}effective_rank' not in now:
            continue
        rank, deviation, cosine = (
            now[level + figure] for figure in ('effective_rank', 'deviation', 'mean_cosine'))
        first, spread = start[f'{level}effective_rank'], start[f'{level}deviation']
        agreed = now.get(f'{level}alignment', 0) < AGREEMENT * 2 * (1 - cosine)
        if rank < min(RANK, RANK_SHARE * first) and agreed:
            return (f'the {name} have an effective rank of {rank:.2g}, which began at {first:.2g}, '
                    'and two views of an image are nearly one point')
        if deviation < DEVIATION_SHARE * spread:
            return (f'the {name} are nearly one point, with a deviation of {deviation:.2g}, which '
                    f'began at {spread:.2g}')
    return None


def _apart(views: list[Tensor]) -> float:
    """Root mean square of the deviation of each pixel over the images, in the unit of the views."""
    return max(float(view.float().var(0, unbiased=False).mean().sqrt()) for view in views)


def _mean(figures: Mapping[str, float]) -> dict[str, float]:
    """Over all processes."""
    tensors = {name: torch.tensor(value) for name, value in figures.items()}
    all_reduce_dict(tensors, op='mean')
    return {name: float(value) for name, value in tensors.items()}
