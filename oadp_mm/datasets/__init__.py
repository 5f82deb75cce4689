"""Registered data sets and transforms."""
from __future__ import annotations

from .batch_sampler import FullBatchSampler
from .digit_scenes import DigitScenes
from .image_folder import ImageFolder
from .transforms import DynamicRandomResizedCrop, LoadImage

__all__ = ['DigitScenes', 'DynamicRandomResizedCrop', 'FullBatchSampler', 'ImageFolder',
           'LoadImage']
