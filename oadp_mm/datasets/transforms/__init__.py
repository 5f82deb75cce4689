"""Steps of a data pipeline, registered in `oadp_mm.registry.TRANSFORMS`."""
from __future__ import annotations

from oadp_mm.datasets.transforms.dynamic_crop import DynamicRandomResizedCrop
from oadp_mm.datasets.transforms.load_correspondences import LoadCorrespondences
from oadp_mm.datasets.transforms.load_depth import LoadDepth
from oadp_mm.datasets.transforms.load_image import LoadImage
from oadp_mm.datasets.transforms.load_proposals import LoadProposals
from oadp_mm.datasets.transforms.multi_view import MultiView
from oadp_mm.datasets.transforms.patch_windows import (
    CorrespondingWindow,
    JitteredWindow,
    ProposalWindow,
)
from oadp_mm.datasets.transforms.photometric import ColorJitter, GaussianBlur, Grayscale, PillowBlur
from oadp_mm.datasets.transforms.rand_augment import RandAugment
from oadp_mm.datasets.transforms.random_resized_window import RandomResizedWindow
from oadp_mm.datasets.transforms.resized_window import ResizedWindow

__all__ = ['ColorJitter', 'CorrespondingWindow', 'DynamicRandomResizedCrop', 'GaussianBlur',
           'Grayscale', 'JitteredWindow', 'LoadCorrespondences', 'LoadDepth', 'LoadImage',
           'LoadProposals', 'MultiView', 'PillowBlur', 'ProposalWindow', 'RandAugment',
           'RandomResizedWindow', 'ResizedWindow']
