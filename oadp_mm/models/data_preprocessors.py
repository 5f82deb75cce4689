"""From a batch of uint8 views to what a network and a patch selector read."""
from __future__ import annotations

from collections.abc import Sequence

import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from oadp_mm.files.recipe import MEAN, STD
from oadp_mm.ops.gray import luma
from oadp_mm.ops.overlap import places
from oadp_mm.registry import MODELS


@MODELS.register_module()
class ViewsDataPreprocessor(BaseDataPreprocessor):
    """Turn the views of a batch to RGB and normalise them; whatever else came passes through.

    OADP scores patches on the augmented view as 8-bit gray levels, which normalised floats no
    longer are; so both leave here, on the model's device.

    Args:
        mean: of the channels red, green and blue, in 0..255.
        std: likewise, positive.
        gray: also return the views' gray levels, unless such came with the views.
        windows: also return where each view lies in its image, if `data_samples` came.
        non_blocking: copy to the device asynchronously.

    Raises:
        ValueError: not three means, or not three positive standard deviations.
    """

    def __init__(self, mean: Sequence[float] = MEAN, std: Sequence[float] = STD,
                 gray: bool = False, windows: bool = False, non_blocking: bool = False) -> None:
        super().__init__(non_blocking=non_blocking)
        if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise ValueError('expected three means and three positive standard deviations, got '
                             f'mean={mean}, std={std}')
        self.gray, self.windows = gray, windows
        self.register_buffer('mean', torch.tensor(mean).float().view(3, 1, 1), persistent=False)
        self.register_buffer('std', torch.tensor(std).float().view(3, 1, 1), persistent=False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a collated batch.

        Args:
            data: `inputs`, a list with one uint8 tensor (b, 3, h, w) a view in OpenCV's order BGR;
                optionally `data_samples` and anything else that algorithms take by name.
            training: ignored.

        Returns:
            `inputs`, a list of normalised float (b, 3, h, w); with `gray` a list of uint8 (b, h, w)
            luma of that name; with `windows` an int64 (b, views, 5) of that name, as
            `oadp_mm.ops.overlap` takes it; `data_samples` as given or None; the rest as it came.
            All is on the device.

        Raises:
            TypeError: `inputs` is no list of uint8 tensors.
            ValueError: a view is not (b, 3, h, w), the views differ in batch size, or one whose
                window is asked for does not say where it lies.
        """
        _check(data['inputs'])
        if self.windows and (samples := data.get('data_samples')):
            data = {**data, 'windows': places([each.get('windows') for each in samples])}
        data = {'data_samples': None, **self.cast_data(data)}
        rgb = [view.flip(1) for view in data['inputs']]
        data['inputs'] = [(view.float() - self.mean) / self.std for view in rgb]
        if self.gray and 'gray' not in data:
            data['gray'] = [luma(view) for view in rgb]
        return data


def _check(views: list[Tensor]) -> None:
    if not (isinstance(views, list) and views and all(isinstance(v, Tensor) for v in views)):
        raise TypeError(f'inputs must be a list with one tensor a view, got {_describe(views)}; '
                        'use the data set oadp_mm.MultiViewDataset and '
                        "collate_fn=dict(type='default_collate')")
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
