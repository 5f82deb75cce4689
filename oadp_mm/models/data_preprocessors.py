"""From a batch of uint8 views to what a network and a patch selector read."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from ..ops.gray import luma
from ..registry import MODELS


@MODELS.register_module()
class ViewsDataPreprocessor(BaseDataPreprocessor):
    """Normalise the views of a batch, and keep their gray levels from before.

    OADP scores patches on the augmented view as 8-bit gray levels, which normalised floats no
    longer are; so both leave here, on the model's device.

    Args:
        mean: of the three channels, in RGB order if ``bgr_to_rgb``, in 0..255.
        std: likewise, positive.
        bgr_to_rgb: the views come in OpenCV's order and are swapped. The gray levels are right
            only if the views are RGB afterwards.
        non_blocking: copy to the device asynchronously.

    Raises:
        ValueError: not three means, or not three positive standard deviations.
    """

    def __init__(
        self,
        mean: Sequence[float],
        std: Sequence[float],
        bgr_to_rgb: bool = True,
        non_blocking: bool = False,
    ) -> None:
        super().__init__(non_blocking=non_blocking)
        if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise ValueError('expected three means and three positive standard deviations, got '
                             f'mean={mean}, std={std}')
        self.bgr_to_rgb = bgr_to_rgb
        self.register_buffer('mean', torch.tensor(mean).float().view(3, 1, 1), persistent=False)
        self.register_buffer('std', torch.tensor(std).float().view(3, 1, 1), persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a collated batch.

        Args:
            data: ``inputs``, a list with one uint8 tensor (b, 3, h, w) a view, and optionally
                ``data_samples``.
            training: ignored.

        Returns:
            ``inputs``, a list of normalised float (b, 3, h, w); ``gray``, a list of uint8
            (b, h, w) luma; ``data_samples`` as given or None.

        Raises:
            TypeError: ``inputs`` is no list of uint8 tensors.
            ValueError: a view is not (b, 3, h, w), or the views differ in batch size.
        """
        views = data['inputs']
        _check(views)
        data = self.cast_data(data)
        rgb = [view.flip(1) if self.bgr_to_rgb else view for view in data['inputs']]
        return {
            'inputs': [(view.float() - self.mean) / self.std for view in rgb],
            'gray': [luma(view) for view in rgb],
            'data_samples': data.get('data_samples'),
        }


def _check(views: list[Tensor]) -> None:
    if not (isinstance(views, list) and views and all(isinstance(v, Tensor) for v in views)):
        raise TypeError(f'inputs must be a list with one tensor a view, got {_describe(views)}; '
                        "use the transform 'MultiView' and collate_fn=dict(type='default_collate')")
    for view in views:
        if view.dtype != torch.uint8:
            raise TypeError(f'views must be uint8, got {view.dtype}; leave the normalisation to '
                            'the data preprocessor')
        if view.ndim != 4 or view.shape[1] != 3:
            raise ValueError(f'a view must be (b, 3, h, w), got {tuple(view.shape)}')
    if len({len(view) for view in views}) > 1:
        raise ValueError('the views of a batch must show the same images, got batches of '
                         f'{[len(view) for view in views]}')


def _describe(views: object) -> str:
    if isinstance(views, list):
        return f'a list of {type(views[0]).__name__}' if views else 'an empty list'
    return type(views).__name__
