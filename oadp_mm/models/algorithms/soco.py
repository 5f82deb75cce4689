"""SoCo: Aligning Pretraining for Detection via Object-Level Contrastive Learning (Wei et al.,
NeurIPS 2021).
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from oadp_mm.layers.detector_parts import BoxTrunk, FeaturePyramid
from oadp_mm.layers.ema import EMACopy
from oadp_mm.models.heads.predictive import PredictiveHead
from oadp_mm.models.heads.projection import build_head
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.view_pairs import Description, EncodedViews, Maps, Pairs
from oadp_mm.ops.box_pooling import at_level, pool_boxes
from oadp_mm.ops.levels import BOUNDS, UNASSIGNED, pyramid_level
from oadp_mm.ops.pooling import pool_view
from oadp_mm.registry import MODELS

#: V1 against V2 and against V3, both ways (3.3); views are counted from 0.
THREE_VIEWS: Pairs = ((0, 1), (1, 0), (0, 2), (2, 0))


@MODELS.register_module()
class SoCo(Pretrainer):
    """Agreement of the same proposals in two views (eq. 1-6), by the networks of a detector.

    With `neck` and `box_head` those of Mask R-CNN with FPN. With `box_head='layer4'` those of its
    C4 form: RoIAlign on C4, and the last stage of the backbone for each box. Without either, boxes
    are averaged on C5 (Table 4).

    Args:
        backbone: config of a backbone whose `out_indices` number its stages; they are set here.
        head: config of a `PredictiveHead`; its `in_channels` and `ema` are set here.
        data_preprocessor: config of a preprocessor that also returns `boxes` and `box_weights`.
        neck: options of `FeaturePyramid`; None: there is none.
        box_head: options of `BoxTrunk`, `'layer4'`, or None: boxes are averaged.
        roi_size: bins a side of RoIAlign: 7 with a pyramid, 14 on C4.
        bounds: of each level, see `pyramid_level`; by default SoCo's four of a pyramid, and one
            without end of a single map. (0, 0, 1e4, 1e4) puts all boxes on P4 (Table 4, without
            scale-aware assignment).
        all_levels: run every box on every level and compare those that it is assigned to, as the
            released code does: the norms see all of them (S-5).
        pairs: see `Pretrainer`; of the first view with each of the others, as `views.boxes` makes
            boxes of them.
        ema_decay: fraction of the target kept at the first step (tau).
        final_ema_decay: likewise, at the last.

    Raises:
        ValueError: options that contradict each other, or no EMA.
    """

    def __init__(self, backbone: dict, head: dict, data_preprocessor: dict,
                 neck: dict | None = None, box_head: dict | Literal['layer4'] | None = None,
                 roi_size: int = 7, bounds: Sequence[float] | None = None,
                 all_levels: bool = False, pairs: Pairs = THREE_VIEWS, ema_decay: float = 0.99,
                 final_ema_decay: float = 1.0, init_cfg: dict | None = None) -> None:
        _check(neck, box_head, roi_size, ema_decay)
        network = MODELS.build(
            {**backbone, 'out_indices': (3,) if neck is None else (0, 1, 2, 3)})
        channels = feature_channels(network)
        if box_head == 'layer4':
            _leave_out_last_stage(network)
        super().__init__(network, data_preprocessor=data_preprocessor, pairs=pairs,
                         ema_decay=ema_decay, final_ema_decay=final_ema_decay, init_cfg=init_cfg)
        self.neck = None if neck is None else FeaturePyramid(channels, **neck)
        maps = channels if self.neck is None else self.neck.out_channels
        self.bounds = _check_bounds(bounds, len(maps))
        self.between = _check_pairs(self.pairs)
        self.roi_size, self.all_levels, self.on_c4 = roi_size, all_levels, box_head == 'layer4'
        self.box_head = BoxTrunk(maps[-1], roi_size, **box_head) if isinstance(
            box_head, dict) else None
        self.head = build_head(
            head, PredictiveHead, ema=True,
            in_channels=maps[-1] if self.box_head is None else self.box_head.out_channels)
        self.target_neck = None if self.neck is None else EMACopy(self.neck)
        self.target_box_head = None if self.box_head is None else EMACopy(self.box_head)

    def describe(self, maps: Maps) -> Description:
        """The target's maps that boxes are pooled from."""
        return {'maps': tuple(maps) if self.target_neck is None else self.target_neck(maps)}

    def losses(self, views: EncodedViews, *, boxes: Tensor | None = None,
               box_weights: Tensor | None = None, **unused: Any) -> dict[str, Tensor]:
        """`loss_boxes` of a batch of views: the sum over their pairs (eq. 5, 6); changes nothing.

        Args:
            views: the views.
            boxes: (b, p, 2, k, 4) of each image, of the p pairs of views without direction in
                ascending order, in the pair's lower and in its higher view: (x1, y1, x2, y2),
                half-open, in pixels of that view.
            box_weights: (b, p, k), 1 for a box and 0 for padding, whose coordinates are legal.

        Raises:
            ValueError: there are none, or they are of other pairs.
        """
        boxes, box_weights = _check_boxes(boxes, box_weights, self.between)
        online = {view: maps if self.neck is None else self.neck(maps)
                  for view, maps in views.online.items()}
        terms = []
        for a, b in self.pairs:
            number = self.between.index((min(a, b), max(a, b)))
            own, other = (boxes[:, number, int(view > min(a, b))] for view in (a, b))
            predictions = self.rows(online[a], own, views.inputs[a], self.trunk(), self.head.online)
            with torch.no_grad():
                keys = self.rows(views.target[b]['maps'], other, views.inputs[b],
                                 self.trunk(target=True), self.head.target)
            matched = box_weights[:, number].where(self.assigned(own) & self.assigned(other), 0)
            share = matched / matched.sum(1, keepdim=True).clamp(min=1) / len(matched)
            terms.append(self.head.loss(predictions, keys, weight=share.flatten()))
        return {'loss_boxes': torch.stack(terms).sum()}

    def rows(self, maps: Maps, boxes: Tensor, view: Tensor, trunk: Callable[[Tensor], Tensor],
             project: Callable[[Tensor], Tensor]) -> Tensor:
        """What a network says of each box of a view, image by image: rows (b k, d) (eq. 1, 4)."""
        height, width = view.shape[2:]
        pooled = pool_boxes(maps, boxes, (height, width), self.roi_size)
        level = pyramid_level(boxes, self.bounds).flatten()
        if self.all_levels:
            return at_level([project(trunk(each)) for each in pooled], level)
        return project(trunk(at_level(pooled, level)))

    def project_view(self, view: Tensor, maps: Maps) -> Tensor:
        """Online projections (b, d) of whole views, each of which is one box."""
        height, width = view.shape[2:]
        box = view.new_tensor([0, 0, width, height]).expand(len(view), 1, 4)
        maps = maps if self.neck is None else self.neck(maps)
        return self.rows(maps, box, view, self.trunk(), self.head.project)

    def assigned(self, boxes: Tensor) -> Tensor:
        """Whether each box has a level."""
        return pyramid_level(boxes, self.bounds) != UNASSIGNED

    def trunk(self, target: bool = False) -> Callable[[Tensor], Tensor]:
        """f^H of eq. 1: from a box's map to its row."""
        if self.box_head is not None:
            return cast(nn.Module, self.target_box_head if target else self.box_head)
        if not self.on_c4:
            return lambda maps: pool_view(maps, 'average')
        network = cast(EMACopy, self.target).module if target else self.backbone
        stage = cast(nn.Module, network.layer4)
        return lambda maps: pool_view(stage(maps), 'average')


def _check(neck: dict | None, box_head: dict | str | None, roi_size: int,
           ema_decay: float | None) -> None:
    if not (box_head is None or box_head == 'layer4' or isinstance(box_head, dict)):
        raise ValueError("box_head takes the options of a BoxTrunk, 'layer4' or None, got "
                         f'{box_head!r}')
    if box_head == 'layer4' and neck is not None:
        raise ValueError("box_head='layer4' works on C4, but a neck takes layer4's map of whole "
                         'views: leave one of them out')
    if type(roi_size) is not int or roi_size < 1:
        raise ValueError(f'roi_size is the number of bins a side, at least 1, got {roi_size}')
    if ema_decay is None:
        raise ValueError('SoCo predicts what an EMA copy makes of a box, but ema_decay is None: '
                         'give the fraction kept a step, such as 0.99')


def _check_pairs(pairs: Pairs) -> list[tuple[int, int]]:
    """The pairs without direction, each of which has boxes of its own."""
    between = sorted({(min(pair), max(pair)) for pair in pairs})
    if between != [(0, number + 1) for number in range(len(between))]:
        raise ValueError('boxes are of view 0 with views 1, 2 and so on, but pairs name the views '
                         f'{between}: name {THREE_VIEWS} for three views, without the last two for '
                         'two')
    return between


def _check_bounds(bounds: Sequence[float] | None, levels: int) -> tuple[float, ...]:
    if bounds is None:
        return BOUNDS if levels > 1 else (math.inf,)
    if len(bounds) != levels or any(low > high for low, high in pairwise(bounds)):
        raise ValueError(f'bounds are one a level, ascending, and there are {levels}; got '
                         f'{tuple(bounds)}')
    return tuple(bounds)


def _leave_out_last_stage(network: Any) -> None:
    """Let a ResNet end at C4; its `layer4` keeps its place and keys, and is run box by box."""
    stages = getattr(network, 'res_layers', None)
    if not stages or stages[-1] != 'layer4':
        raise ValueError("box_head='layer4' is the last stage of a ResNet, which "
                         f'{type(network).__name__} is not: choose another backbone or box_head')
    network.res_layers, network.out_indices = stages[:-1], (2,)


def _check_boxes(boxes: Tensor | None, weights: Tensor | None, between: list[tuple[int, int]],
                 ) -> tuple[Tensor, Tensor]:
    if boxes is None or weights is None:
        raise ValueError('a batch holds no boxes and box_weights: give the data set '
                         '`proposals` and `views.boxes`')
    images, pairs, _, count, _ = boxes.shape if boxes.ndim == 5 else (0,) * 5
    if (boxes.shape[2::2], weights.shape) != ((2, 4), (images, pairs, count)) or not count:
        raise ValueError('expected boxes (b, p, 2, k, 4) and box_weights (b, p, k), k of at least '
                         f'1, got {tuple(boxes.shape)} and {tuple(weights.shape)}: let the data '
                         'set draw them (`views.boxes`)')
    if pairs != len(between):
        raise ValueError(f'a batch has boxes of {pairs} pairs of views, and the model compares '
                         f'{len(between)}, {between}: name the same views in `model.pairs` and in '
                         '`views.each` of the data set')
    return boxes, weights
