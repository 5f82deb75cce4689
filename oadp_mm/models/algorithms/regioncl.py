"""RegionCL: Exploring Contrastive Region Pairs for SSL (Xu, Zhang et al., ECCV 2022)."""
from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from oadp_mm.models.heads.contrastive import DenseContrastiveHead
from oadp_mm.models.heads.projection import RowHead, build_head
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.view_pairs import ONE_WAY, EncodedViews, Pairs, summed
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.ops.regions import (
    Region,
    check_bounds,
    crop_region,
    erase_region,
    pool_regions,
    random_derangement,
    random_region,
    swap_regions,
)
from oadp_mm.ops.released_regions import released_region
from oadp_mm.registry import MODELS


@MODELS.register_module()
class RegionCL(Pretrainer):
    """The base method's loss on whole views, and the same loss on swapped regions (eq. 3).

    The head makes the variant: `ContrastiveHead` RegionCL-M, with a `dense_head` -D,
    `PredictiveHead` without EMA -S, `InBatchContrastiveHead` -M3, `ContrastiveHead` with a
    predictor and two queues MoBy. Without the regions it is MoCo v2, DenseCL, SimSiam, MoCo v3,
    MoBy.

    Args:
        backbone: config of a backbone; its last map is used. A ViT must return its tokens.
        head: config of the objective of views and regions; its `in_channels` and `ema` are set
            here.
        data_preprocessor: config of a preprocessor that returns the normalised views.
        dense_head: config of a `DenseContrastiveHead`, for -D.
        region: least and greatest side of a region in cells (C_L and C_U, section 3.1).
        stride: pixels a cell (R); the view's sides are multiples of it.
        placement: 'cells', on whole ones as 3.1 says, or 'released', as the authors' code does,
            see `oadp_mm.ops.released_regions`.
        paste: include the pasted region's term of eq. 2 (Table 10).
        canvas: include the canvas's term.
        negative: paste and canvas of a composite are negatives of each other.
        swap: compose images; else crops and erased images are fed on their own (A.4).
        region_weight: factor of eq. 2; 0 leaves the base method.
        pairs: see `Pretrainer`.
        shuffle_bn: likewise.
        ema_decay: likewise.
        final_ema_decay: likewise.
        target_backbone: likewise.

    Raises:
        ValueError: bounds, weights or switches that leave no loss or contradict each other.
    """

    def __init__(self, backbone: dict, head: dict, data_preprocessor: dict,
                 dense_head: dict | None = None, region: tuple[int, int] = (3, 5),
                 stride: int = 32, placement: str = 'cells', paste: bool = True,
                 canvas: bool = True, negative: bool = True, swap: bool = True,
                 region_weight: float = 1.0, pairs: Pairs = ONE_WAY, shuffle_bn: bool = False,
                 ema_decay: float | None = 0.999, final_ema_decay: float = 1.0,
                 target_backbone: dict | None = None, init_cfg: dict | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, pairs=pairs,
                         ema_decay=ema_decay, final_ema_decay=final_ema_decay,
                         target_backbone=target_backbone, shuffle_bn=shuffle_bn, init_cfg=init_cfg)
        settings: dict[str, Any] = {'in_channels': feature_channels(self.backbone)[-1],
                                    'ema': ema_decay is not None}
        self.head = build_head(head, RowHead, **settings)
        self.dense_head = None if dense_head is None else build_head(
            dense_head, DenseContrastiveHead, **settings)
        if not (math.isfinite(region_weight) and region_weight >= 0):
            raise ValueError(f'region_weight must be finite and not negative, got {region_weight}')
        if not isinstance(stride, int) or stride < 1:
            raise ValueError('stride is the pixels of a cell, an integer of at least 1, got '
                             f'{stride}')
        if placement not in ('cells', 'released'):
            raise ValueError("placement is 'cells', as in the paper, or 'released', as in its "
                             f'code, got {placement!r}')
        if region_weight and not (paste or canvas):
            raise ValueError('paste and canvas are both off, which leaves no region loss: switch '
                             'one on, or set region_weight=0')
        if region_weight and negative and not (swap and self.head.contrastive):
            why = 'without swapping, paste and canvas are of the same image' if not swap else (
                f'{type(self.head).__name__} has no negatives')
            raise ValueError(f'negative=True, but {why}: set negative=False')
        self.region, self.stride, self.placement = check_bounds(region), stride, placement
        self.paste, self.canvas, self.negative, self.swap = paste, canvas, negative, swap
        self.region_weight = region_weight

    def losses(self, views: EncodedViews, **unused: Any) -> dict[str, Tensor]:
        """`loss_instance`, `loss_region`, `loss_dense` of a batch of views, as far as they count.
        """
        return summed([self.pair_losses(views, a, b) for a, b in self.pairs])

    def pair_losses(self, views: EncodedViews, a: int, b: int) -> dict[str, Tensor]:
        """The losses of the online network's view a against the target's view b (eq. 3)."""
        whole, features = whole_and_map(views.online[a][-1])
        keys = views.target[b]
        losses = {'loss_instance': self.head.loss(self.head.online(whole), keys['head'], view=b)}
        if self.region_weight:
            losses['loss_region'] = self.region_weight * self.region_loss(
                views.inputs[a], keys['head'], b)
        if self.dense_head is not None:
            losses['loss_dense'] = self.dense_head.loss(
                self.dense_head.online(features), keys['dense_head'], view=b)
        return losses

    def region_loss(self, images: Tensor, keys: Tensor, view: int) -> Tensor:
        """L_reg (eq. 2) of one view's images, against the other `view`'s keys."""
        pastes, canvases, source = self.region_features(images)
        paste, canvas = self.head.project(pastes), self.head.project(canvases)
        terms = []
        if self.paste:
            terms.append(self.region_term(paste, canvas, keys, view, positive=source))
        if self.canvas:
            terms.append(self.region_term(canvas, paste, keys, view))
        return 0.5 * torch.stack(terms).sum()

    def region_term(self, region: Tensor, other: Tensor, keys: Tensor, view: int,
                    positive: Tensor | None = None) -> Tensor:
        """One region's projections against the keys, and against those of the composite's other."""
        return self.head.loss(
            self.head.predictor(region), keys, positive=positive, view=view,
            own_negatives=other.detach() if self.negative else None)

    def region_features(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (b, c) of pastes and of canvases, and the image (b,) each paste comes from."""
        height, width = images.shape[2:]
        if height % self.stride or width % self.stride:
            nearest = max(round(min(height, width) / self.stride), 2) * self.stride
            raise ValueError(f'views of {height}x{width} do not divide into cells of '
                             f'{self.stride} pixels: choose views whose sides are multiples of '
                             f'`stride`, such as views.crop.scale={nearest}')
        grid = (height // self.stride, width // self.stride)
        region, pasted = self.draw(grid)
        mask = region.mask(grid, images.device)
        pixels = pasted.mask((height, width), images.device)
        if self.swap:
            source = random_derangement(len(images), device=images.device)
            composites = swap_regions(images, pixels, source)
            return *pool_regions(whole_and_map(self.backbone(composites)[-1])[1], mask), source
        source = torch.arange(len(images), device=images.device)
        crops = self.backbone(crop_region(images, pasted))[-1]
        erased = self.backbone(erase_region(images, pixels))[-1]
        return (whole_and_map(crops)[0], pool_regions(whole_and_map(erased)[1], mask)[1], source)

    def draw(self, grid: tuple[int, int]) -> tuple[Region, Region]:
        """The cells that are pooled and the pixels that are pasted, of all images of the batch."""
        if self.placement == 'released':
            return released_region(grid, self.region, self.stride)
        cells = random_region(grid, self.region)
        return cells, cells.scaled(self.stride)
