"""Steps of a data pipeline, registered in ``oadp_mm.registry.TRANSFORMS``."""
from __future__ import annotations

from .dynamic_crop import DynamicRandomResizedCrop
from .load_image import LoadImage
from .photometric import ColorJitter, GaussianBlur, Grayscale
from .rand_augment import RandAugment

__all__ = ['ColorJitter', 'DynamicRandomResizedCrop', 'GaussianBlur', 'Grayscale', 'LoadImage',
           'RandAugment']
