"""Any data set of images as several views an image, for pretraining."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from mmpretrain.datasets import PackInputs
from torch.utils.data import Dataset

from oadp_mm.datasets.seeding import Draws, seed_generators
from oadp_mm.datasets.transforms.load_correspondences import LoadCorrespondences
from oadp_mm.datasets.transforms.load_proposals import LoadProposals
from oadp_mm.datasets.transforms.multi_view import MultiView
from oadp_mm.registry import DATASETS

_UNTOLD = -1


@DATASETS.register_module()
class MultiViewDataset(Dataset):
    """Wrap a data set, so that where images lie is set apart from how views are cut.

    An item holds `inputs`, a list of uint8 (3, h, w) in the order of the views, and `data_samples`,
    the host's, with `windows` among the rest. With `views.boxes` it also holds `boxes` and
    `box_weights` of the image's proposals, see `ViewBoxes`; with `views.gray_source='geometric'`
    `gray`, a list with the levels of each view.

    In a training by epochs `oadp_mm.SeedHook` calls `set_seed`, and each item draws numbers of its
    own: they are the same with any number of data workers, and after a resume. Otherwise items draw
    from the global generators as they find them.

    Args:
        dataset: config of a data set whose items hold `img`, uint8 (h, w, 3) in BGR; or the data
            set itself.
        views: arguments of `MultiView`.
        proposals: arguments of `LoadProposals`; None: items have no proposals but the data set's.
        correspondences: `file`, of `LoadCorrespondences`, which brings proposals of its own.

    Raises:
        ValueError: images without proposals or correspondences; when an item is asked for, if it
            holds no `img`.
    """

    def __init__(self, dataset: Mapping | Dataset, views: Mapping,
                 proposals: Mapping | None = None, correspondences: Mapping | None = None,
                 ) -> None:
        self.dataset: Any = DATASETS.build(dataset) if isinstance(dataset, Mapping) else dataset
        self.transforms: list[Any] = [MultiView(**views), PackInputs(
            meta_keys=(*PackInputs.DEFAULT_META_KEYS, 'windows'))]
        if proposals is not None:
            self.transforms.insert(0, load := LoadProposals(**proposals))
            if hasattr(self.dataset, 'get_data_info'):
                infos = map(self.dataset.get_data_info, range(len(self)))
                load.check(info['img_path'] for info in infos if 'img_path' in info)
        if correspondences is not None:
            if proposals is not None or views.get('boxes') is not None:
                raise ValueError('correspondences bring filtered proposals of their own, which no '
                                 'boxes of views follow: set proposals=None and views.boxes=None, '
                                 'or correspondences=None')
            self.transforms.insert(0, LoadCorrespondences(**correspondences, dataset=self.dataset))
        #: Seed, process and epoch, once they are told; and how often each item came in this epoch.
        self._told = torch.full((3,), _UNTOLD).share_memory_()
        self._visits = torch.zeros(len(self), dtype=torch.int32).share_memory_()

    def __setstate__(self, state: dict) -> None:
        # A deep copy (mmengine's runner makes one of its config) would leave the shared memory.
        self.__dict__.update(state)
        self._told.share_memory_()
        self._visits.share_memory_()

    def set_seed(self, seed: int, rank: int, epoch: int) -> None:
        """Tell all processes that hold the data set what the numbers of an epoch's items depend on.

        Args:
            seed: of the training.
            rank: number of the training process.
            epoch: counted from 1; no item of another one is on its way.
        """
        self._told.copy_(torch.tensor([seed, rank, epoch]))
        self._visits.zero_()

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
        if (told := self._told.tolist())[0] != _UNTOLD:
            # Some wrappers and samplers ask for an item several times, for other views of it.
            visit = int(self._visits[number])
            self._visits[number] = visit + 1
            seed_generators(Draws.ITEM, *told, number % len(self), visit)
        results = self.dataset[number]
        if not isinstance(results, Mapping) or 'img' not in results:
            raise ValueError('views are cut from `img`, which the items of '
                             f"{type(self.dataset).__name__} lack: give it pipeline=[dict(type='"
                             "oadp_mm.LoadImage')]")
        *steps, pack = self.transforms
        for step in steps:
            results = step(results)
        return {**pack(results), **{name: results[name] for name in steps[-1].fields}}
