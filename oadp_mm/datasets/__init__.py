"""Registered data sets and transforms."""
from __future__ import annotations

import oadp_mm._host  # noqa: F401 (before whatever imports it)
from oadp_mm.datasets.batch_sampler import FullBatchSampler
from oadp_mm.datasets.digits.digit_scenes import DigitScenes
from oadp_mm.datasets.image_folder import ImageFolder
from oadp_mm.datasets.multi_view_dataset import MultiViewDataset
from oadp_mm.datasets.nuclei.nuclei import Nuclei
from oadp_mm.datasets.seeding import seed_worker
from oadp_mm.datasets.transforms import DynamicRandomResizedCrop, LoadImage, MultiView
from oadp_mm.files import checkpoint_loading as checkpoint_loading  # for the process

__all__ = ['DigitScenes', 'DynamicRandomResizedCrop', 'FullBatchSampler', 'ImageFolder',
           'LoadImage', 'MultiView', 'MultiViewDataset', 'Nuclei', 'seed_worker']
