"""Registered models; importing this fills the registry."""
from __future__ import annotations

import oadp_mm._host  # noqa: F401 (before whatever imports it)
from oadp_mm.files import checkpoint_loading as checkpoint_loading  # for the process
from oadp_mm.models.algorithms.oadp import OADP
from oadp_mm.models.algorithms.orl import ORL
from oadp_mm.models.algorithms.regioncl import RegionCL
from oadp_mm.models.algorithms.scd import SCD
from oadp_mm.models.algorithms.soco import SoCo
from oadp_mm.models.data_preprocessors import ViewsDataPreprocessor
from oadp_mm.models.depth_head import UpProjectionHead
from oadp_mm.models.heads.contrastive import ContrastiveHead, DenseContrastiveHead
from oadp_mm.models.heads.in_batch import InBatchContrastiveHead
from oadp_mm.models.heads.predictive import PredictiveHead
from oadp_mm.models.heads.semantic import SemanticHead
from oadp_mm.models.pretrainer import Pretrainer
from oadp_mm.models.selectors.patch_selector import PatchSelector
from oadp_mm.models.transfer import (
    ExtendedPyramid,
    FrozenWeights,
    NormedPooling,
    NormedSharedHead,
    SaliencyPooling,
)

__all__ = [
    'OADP',
    'ORL',
    'SCD',
    'ContrastiveHead',
    'DenseContrastiveHead',
    'ExtendedPyramid',
    'FrozenWeights',
    'InBatchContrastiveHead',
    'NormedPooling',
    'NormedSharedHead',
    'PatchSelector',
    'PredictiveHead',
    'Pretrainer',
    'RegionCL',
    'SaliencyPooling',
    'SemanticHead',
    'SoCo',
    'UpProjectionHead',
    'ViewsDataPreprocessor',
]
