"""Any data set of images as several views an image, for pretraining."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmpretrain.datasets import PackInputs
from torch.utils.data import Dataset

from oadp_mm.datasets.transforms.multi_view import MultiView
from oadp_mm.registry import DATASETS


@DATASETS.register_module()
class MultiViewDataset(Dataset):
    """Wrap a data set, so that where images lie is set apart from how views are cut.

    An item holds `inputs`, a list of uint8 (3, h, w) in the order of the views, and `data_samples`,
    the host's, with `windows` among the rest.

    Args:
        dataset: config of a data set whose items hold `img`, uint8 (h, w, 3) in BGR; or the data
            set itself.
        views: arguments of `MultiView`.

    Raises:
        ValueError: when an item is asked for, if it holds no `img`.
    """

    def __init__(self, dataset: Mapping | Dataset, views: Mapping) -> None:
        self.dataset: Any = DATASETS.build(dataset) if isinstance(dataset, Mapping) else dataset
        self.transforms = [MultiView(**views), PackInputs(
            meta_keys=(*PackInputs.DEFAULT_META_KEYS, 'windows'))]

    @property
    def metainfo(self) -> dict:
        """That of the images."""
        return getattr(self.dataset, 'metainfo', {})

    def full_init(self) -> None:
        """List the images, where the data set does not do so by itself."""
        if hasattr(self.dataset, 'full_init'):
            self.dataset.full_init()

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, number: int) -> dict:
        results = self.dataset[number]
        if not isinstance(results, Mapping) or 'img' not in results:
            raise ValueError('views are cut from `img`, which the items of '
                             f"{type(self.dataset).__name__} lack: give it pipeline=[dict(type='"
                             "oadp_mm.LoadImage')]")
        for step in self.transforms:
            results = step(results)
        return results
