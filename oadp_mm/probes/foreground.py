"""The foreground that an SCD training learned to see, read back from the training's checkpoint."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch
from mmengine.model import BaseDataPreprocessor
from mmpretrain.models.backbones.base_backbone import BaseBackbone
from torch import Tensor, nn

from oadp_mm.files.backbone_file import FORMAT, history
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from oadp_mm.files.config_text import read_assignment
from oadp_mm.files.run_folder import newest_checkpoint
from oadp_mm.files.whole_module import load_whole
from oadp_mm.layers.foreground import ForegroundNetwork
from oadp_mm.models.pretrainer import feature_channels
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.probes.backbones import build_backbone, build_preprocessor, normalised
from oadp_mm.probes.networks import Network
from oadp_mm.probes.recorded import built_from, refuse_unregistered

#: Where the keys of the online saliency network start in a training's checkpoint.
SALIENCY = 'semantic_head.saliency.'
ADVICE = 'give the file as the training wrote it'


class ForegroundModel(nn.Module):
    """The online backbone of an SCD training and its saliency network, as in evaluation.

    Args:
        backbone: returns the maps, of which the last is used.
        preprocessor: what normalised the views of the training.
    """

    def __init__(self, backbone: nn.Module, preprocessor: BaseDataPreprocessor) -> None:
        super().__init__()
        self.backbone, self.preprocessor = backbone, preprocessor
        self.saliency = ForegroundNetwork(feature_channels(backbone)[-1])
        self.eval()

    @torch.inference_mode()
    def forward(self, image: np.ndarray, size: int) -> np.ndarray:
        """Probability of each cell of an image to be foreground.

        Args:
            image: uint8 (h, w, 3) BGR.
            size: pixels of the square into which the image is squeezed, as views are.

        Returns:
            float32 (rows, columns), 0..1: one number a cell of the backbone's last map.
        """
        shrinks = min(image.shape[:2]) > size
        image = cv2.resize(image, (size, size),
                           interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        view = torch.from_numpy(image).permute(2, 0, 1)[None]
        _, features = whole_and_map(self.backbone(normalised(self.preprocessor, view))[-1])
        return self.saliency(features)[0].numpy()


def read_foreground_model(path: str | Path) -> ForegroundModel:
    """Build the two networks from the config inside a checkpoint, and load them completely.

    Nothing of the file is executed: its config is parsed as text, and may only name what is
    registered. mmengine's `build` would import and call any function whose dotted name it is given.

    Raises:
        CheckpointError: the file cannot be read, comes from no SCD training, or its tensors are not
            those of its config.
    """
    checkpoint = read_checkpoint(path)
    _refuse_others(checkpoint)
    backbone, preprocessor = _configs(checkpoint)
    model = built_from(path, lambda: ForegroundModel(
        build_backbone(backbone), build_preprocessor(preprocessor)))
    # The preprocessor's numbers are its config's.
    load_whole(model.backbone, checkpoint, prefix='backbone.', advice=ADVICE)
    load_whole(model.saliency, checkpoint, prefix=SALIENCY, advice=ADVICE)
    return model


class ForegroundMaps(nn.Module):
    """A backbone whose only map is the foreground that a saliency network sees in its last one."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.saliency = ForegroundNetwork(feature_channels(backbone)[-1])

    def forward(self, images: Tensor) -> tuple[Tensor]:
        """Probabilities (b, 1, rows, columns), 0..1, of normalised images (b, 3, h, w)."""
        _, features = whole_and_map(self.backbone(images)[-1])
        return (self.saliency(features)[:, None],)


def with_foreground(network: Network) -> Network:
    """A backbone of SCD with its saliency network as `ForegroundMaps`; both as they start if it is
    an untrained one.

    Raises:
        CheckpointError: see `read_foreground_model`.
    """
    if network.untrained:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(network.origin['seed']))
            return replace(network, backbone=ForegroundMaps(network.backbone))
    path = Path(network.name).expanduser()
    checkpoint = read_checkpoint(newest_checkpoint(path)[0] if path.is_dir() else path)
    _refuse_others(checkpoint)
    maps = ForegroundMaps(network.backbone)
    load_whole(maps.saliency, checkpoint, prefix=SALIENCY, advice=ADVICE)
    return replace(network, backbone=maps)


def _refuse_others(checkpoint: Checkpoint) -> None:
    if not any(key.startswith(SALIENCY) for key in checkpoint.tensors):
        raise CheckpointError(
            f"{checkpoint.path} holds no saliency network of SCD, but {_nature(checkpoint)}: give "
            'the epoch_N.pth of a training of oadp_mm.SCD, or of SCD-ORL, whose semantic_head has '
            'a loss_weight above 0')


def _nature(checkpoint: Checkpoint) -> str:
    method = history(checkpoint.meta).get('method')
    if checkpoint.meta.get('format') == FORMAT:
        return f'a backbone exported from {method or "a training"}'
    return f'a training of {method}' if method else f'tensors of {checkpoint.prefixes()}'


def _configs(checkpoint: Checkpoint) -> tuple[dict, dict]:
    """Those of the backbone and of the preprocessor, found to name harmless classes only."""
    text = checkpoint.meta.get('cfg')
    model = read_assignment(text, 'model') if isinstance(text, str) else None
    backbone, preprocessor = (model.get(name) if isinstance(model, dict) else None
                              for name in ('backbone', 'data_preprocessor'))
    if not isinstance(backbone, dict) or not isinstance(preprocessor, dict):
        raise CheckpointError(
            f'{checkpoint.path} lacks the config of its training with model.backbone and '
            'model.data_preprocessor: give the epoch_N.pth as the training wrote it')
    preprocessor = {'type': 'SelfSupDataPreprocessor', **preprocessor}  # the host's default
    refuse_unregistered(backbone, BaseBackbone, checkpoint.path)
    refuse_unregistered(preprocessor, BaseDataPreprocessor, checkpoint.path)
    return backbone, preprocessor
