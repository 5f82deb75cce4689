"""Registered models; importing this fills the registry."""
from __future__ import annotations

from .algorithms.oadp import OADP
from .data_preprocessors import ViewsDataPreprocessor
from .heads.predictive import PredictiveHead
from .pretrainer import Pretrainer
from .selectors.patch_selector import PatchSelector

__all__ = ['OADP', 'PatchSelector', 'PredictiveHead', 'Pretrainer', 'ViewsDataPreprocessor']
