"""OADP: Object Adaptive Self-Supervised Dense Visual Pre-Training (Zhang et al., TIP 2025)."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import torch
from torch import Tensor, nn

from oadp_mm.models.heads.predictive import PredictiveHead
from oadp_mm.models.heads.projection import build_head
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.selectors.patch_selector import PatchPairs
from oadp_mm.models.view_pairs import (
    BOTH_WAYS,
    ONE_WAY,
    Description,
    EncodedViews,
    Maps,
    Pairs,
)
from oadp_mm.ops.pooling import Mode, pool_patches, pool_view
from oadp_mm.registry import MODELS

_LAYERS = ('layer1', 'layer2', 'layer3', 'layer4')
_BRANCHES = ('global', 'local', 'gl')
Weights = Mapping[str, float] | Sequence[tuple[str, float]]


@MODELS.register_module()
class OADP(Pretrainer):
    """Agreement of two views as wholes, in matched patches, and across resolutions (eq. 11).

    All features are pooled from one forward pass a view and network (III-A, III-B).

    Args:
        backbone: config of a backbone whose `out_indices` number its stages; they are set here.
        selector: config of the `PatchSelector`.
        head: config of one branch's `PredictiveHead`; its `in_channels` and `ema` are set here.
        data_preprocessor: config of a preprocessor that also returns `gray` levels; it is told
            whether the selector asks for `windows`.
        loss_weights: weights of the `global`, `local` and `gl` losses (Table X), as a dict or
            as pairs (mmengine cannot write a config with the key `global`); a branch of weight 0
            is not built.
        layers: maps integrated in M (eq. 9, Table VII). The last is averaged, others max-pooled;
            global and local losses always look at layer4.
        ema_decay: fraction of the target kept at the first step (chi, IV-A); None: see
            `Pretrainer`.
        pairs: see `Pretrainer`; one way, or both with the same matches (O-15).
        global_feature: `'gc'` the average of layer4, or `'gf'` the maximum of the finest of
            `layers`, which eq. 12 prints (O-17).
        gl_mode: M of each `'patch'`, or its `'mean'` over the pool (O-18).

    Raises:
        ValueError: an unknown layer, branch or mode, a negative weight or none above 0, or no loss
            that looks at layer4.
    """

    def __init__(self, backbone: dict, selector: dict, head: dict, data_preprocessor: dict,
                 loss_weights: Weights | None = None,
                 layers: tuple[str, ...] = ('layer1', 'layer4'), ema_decay: float | None = 0.99,
                 pairs: Pairs = BOTH_WAYS, global_feature: Literal['gc', 'gf'] = 'gc',
                 gl_mode: Literal['patch', 'mean'] = 'patch',
                 init_cfg: dict | None = None) -> None:
        self.loss_weights = _check_weights(loss_weights)
        stages = _check_layers(layers)
        _check_choice('global_feature', global_feature, ('gc', 'gf'))
        _check_choice('gl_mode', gl_mode, ('patch', 'mean'))
        looks_at_last = {'local': True, 'global': global_feature == 'gc', 'gl': 3 in stages}
        if not any(looks_at_last[branch] for branch, w in self.loss_weights.items() if w > 0):
            raise ValueError('no loss would look at layer4, which would be handed over untrained: '
                             "weight the local loss, or use layers with 'layer4'")
        if selector.get('matching') == 'overlap':
            data_preprocessor = dict(data_preprocessor, windows=True)
        indices = sorted({*stages, 3})
        super().__init__(dict(backbone, out_indices=tuple(indices)), pairs=pairs,
                         ema_decay=ema_decay, data_preprocessor=data_preprocessor,
                         init_cfg=init_cfg)
        if tuple(sorted(self.pairs)) not in (ONE_WAY, BOTH_WAYS):
            raise ValueError('OADP matches small patches of view 0 with large ones of view 1: '
                             f'pairs must be {ONE_WAY} or {BOTH_WAYS}, got {pairs}')
        self.global_feature, self.gl_mode = global_feature, gl_mode
        self.integrated: list[tuple[int, Mode]] = [
            (indices.index(stage), 'average' if stage == stages[-1] else 'max')
            for stage in stages]
        self.selector = MODELS.build(selector)
        channels = feature_channels(self.backbone)
        widths = {
            'global': channels[-1] if global_feature == 'gc' else channels[self.integrated[0][0]],
            'local': channels[-1],
            'gl': 2 * sum(channels[i] for i, _ in self.integrated),
        }
        self.heads = nn.ModuleDict({
            branch: build_head(
                head, PredictiveHead, in_channels=widths[branch], ema=ema_decay is not None)
            for branch, weight in self.loss_weights.items() if weight > 0})

    def branches(self) -> list[tuple[str, PredictiveHead]]:
        """Name and head of each branch that was built."""
        return cast('list[tuple[str, PredictiveHead]]', list(self.heads.items()))

    def describe(self, maps: Maps) -> Description:
        """The target's maps: what the heads make of them depends on the patches."""
        return {'maps': tuple(maps)}

    def losses(self, views: EncodedViews, *, gray: list[Tensor], windows: Tensor | None = None,
               **unused: Any) -> dict[str, Tensor]:
        """Weighted losses of a batch of view pairs (eq. 7, 10-12); changes no weight.

        Args:
            views: both views; small patches come from the first (O-14).
            gray: uint8 gray levels (b, h, w) of the same views.
            windows: where they lie, if the selector asks.

        Returns:
            `loss_global`, `loss_local`, `loss_gl` as far as their weights are above 0.
        """
        patches = self.match(views, gray, windows)
        losses = {}
        for branch, head in self.branches():
            distances = [
                head.loss(head.online(self.pool(branch, views.online[a], patches, a)),
                          head.target(self.pool(branch, views.target[b]['maps'], patches, b)))
                for a, b in self.pairs]
            losses[f'loss_{branch}'] = self.loss_weights[branch] * torch.stack(distances).sum()
        return losses

    def match(self, views: EncodedViews, gray: list[Tensor],
              windows: Tensor | None = None) -> PatchPairs | None:
        """The patches of both views, matched; None if only whole views are compared."""
        if self.heads.keys() == {'global'}:
            return None
        return self.selector(gray, maps=(views.online[0][-1], views.target[1]['maps'][-1]),
                             windows=windows)

    def pool(self, branch: str, maps: Maps, patches: PatchPairs | None,
             view: int) -> Tensor | tuple[Tensor, Tensor]:
        """Features of a branch for one view: rows (b, c), or (b * k, c) of patches.

        M (eq. 9) comes in two parts, the views' (b, 1, c) and the patches' (b, k, c), because the
        head's first layer need not see the first repeated k times.
        """
        if branch == 'global':
            if self.global_feature == 'gf':
                return pool_view(maps[self.integrated[0][0]], 'max')
            return pool_view(maps[-1], 'average')
        assert patches is not None, 'only the global branch does without patches'
        where = dict(index=patches[view], grid=patches.grid, span=self.selector.spans[view])
        if branch == 'local':
            return pool_patches(maps[-1], mode='average', **where).flatten(0, 1)
        whole = torch.cat([pool_view(maps[i], mode) for i, mode in self.integrated], 1)
        parts = torch.cat([pool_patches(maps[i], mode=mode, **where)
                           for i, mode in self.integrated], 2)
        if self.gl_mode == 'mean':
            parts = parts.mean(1, keepdim=True)
        return whole[:, None], parts


def _check_weights(weights: Weights | None) -> dict[str, float]:
    weights = dict.fromkeys(_BRANCHES, 1.0) if weights is None else dict(weights)
    if unknown := set(weights) - set(_BRANCHES):
        raise ValueError(f'loss_weights knows {_BRANCHES}, got {sorted(unknown)}')
    if (not all(math.isfinite(w) and w >= 0 for w in weights.values())
            or not any(w > 0 for w in weights.values())):
        raise ValueError(f'loss_weights must be finite, not negative and not all 0, got {weights}')
    return weights


def _check_layers(layers: tuple[str, ...]) -> list[int]:
    if not layers or len(set(layers)) < len(layers) or not set(layers) <= set(_LAYERS):
        raise ValueError(f'layers must name some of {_LAYERS}, each once, got {tuple(layers)}')
    return sorted(map(_LAYERS.index, layers))


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f'{name} must be one of {choices}, got {value!r}')
