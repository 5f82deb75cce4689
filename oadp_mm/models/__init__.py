"""Registered models; importing this fills the registry."""
from __future__ import annotations

from .algorithms.oadp import OADP
from .algorithms.regioncl import RegionCL
from .algorithms.scd import SCD
from .data_preprocessors import ViewsDataPreprocessor
from .heads.contrastive import ContrastiveHead, DenseContrastiveHead
from .heads.in_batch import InBatchContrastiveHead
from .heads.predictive import PredictiveHead
from .heads.semantic import SemanticHead
from .pretrainer import Pretrainer
from .selectors.patch_selector import PatchSelector
from .transfer import NormedSharedHead, SaliencyPooling

__all__ = [
    'OADP',
    'SCD',
    'ContrastiveHead',
    'DenseContrastiveHead',
    'InBatchContrastiveHead',
    'NormedSharedHead',
    'PatchSelector',
    'PredictiveHead',
    'Pretrainer',
    'RegionCL',
    'SaliencyPooling',
    'SemanticHead',
    'ViewsDataPreprocessor',
]
