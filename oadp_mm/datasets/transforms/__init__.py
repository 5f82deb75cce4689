"""Steps of a data pipeline, registered in ``oadp_mm.registry.TRANSFORMS``."""
from __future__ import annotations

from .dynamic_crop import DynamicRandomResizedCrop
from .load_image import LoadImage

__all__ = ['DynamicRandomResizedCrop', 'LoadImage']
