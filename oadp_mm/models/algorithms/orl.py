"""ORL: Unsupervised Object-Level Representation Learning from Scene Images (Xie et al., NeurIPS
2021), and SCD-ORL (SCD, Table 7).
"""
from __future__ import annotations

from typing import Any, cast

from torch import Tensor, nn

from oadp_mm.models.heads.predictive import PredictiveHead
from oadp_mm.models.heads.projection import build_head
from oadp_mm.models.heads.semantic import SemanticHead
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.view_pairs import Description, EncodedViews, Maps, Pairs, summed
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.registry import MODELS

#: Views come two by two, and each two are of one branch: a view is of branch `view // 2`.
BRANCHES = ('global', 'inter', 'intra')
#: Each two views both ways; views are counted from 0.
SIX_VIEWS: Pairs = ((0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4))


@MODELS.register_module()
class ORL(Pretrainer):
    """BYOL on whole images (views 0 and 1), on a box and what corresponds to it in a neighbouring
    image (2 and 3), and on a box and its jitter (4 and 5).

    Backbone and projector are one for all, each branch has a predictor of its own. The first of the
    method's stages, BYOL, is `pairs=((0, 1), (1, 0))`; the third, from random weights again, all.

    Args:
        backbone: config of a backbone; its last map is averaged.
        head: config of a branch's `PredictiveHead`; its `in_channels` and `ema` are set here, and
            the first branch's projector is that of all.
        data_preprocessor: config of a preprocessor that returns the normalised views.
        semantic_head: config of a `SemanticHead`, whose loss is added in all pairs (SCD-ORL, D-9)
            and whose `loss_weight` is lambda; None or a lambda of 0: there is none.
        pairs: see `Pretrainer`; a branch is built if one of its pairs is named.
        ema_decay: fraction of the target kept at the first step; None: see `Pretrainer`.
        final_ema_decay: likewise, at the last.

    Raises:
        ValueError: a pair of views of two branches, or of none.
    """

    def __init__(self, backbone: dict, head: dict, data_preprocessor: dict,
                 semantic_head: dict | None = None, pairs: Pairs = SIX_VIEWS,
                 ema_decay: float | None = 0.99, final_ema_decay: float = 1.0,
                 init_cfg: dict | list[dict] | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, pairs=pairs,
                         ema_decay=ema_decay, final_ema_decay=final_ema_decay, init_cfg=init_cfg)
        if not set(self.pairs) <= set(SIX_VIEWS):
            raise ValueError('ORL compares views 0 and 1 (global), 2 and 3 (inter), 4 and 5 '
                             f'(intra): pairs may be any of {SIX_VIEWS}, got {pairs}')
        settings: dict[str, Any] = {'in_channels': feature_channels(self.backbone)[-1],
                                    'ema': ema_decay is not None}
        self.heads = nn.ModuleDict()
        for branch in dict.fromkeys(BRANCHES[a // 2] for a, _ in sorted(self.pairs)):
            shared = {'projector': self.projecting} if self.heads else {}
            self.heads[branch] = build_head({**head, **shared}, PredictiveHead, **settings)
        semantic = None if semantic_head is None else build_head(
            semantic_head, SemanticHead, optional=True, **settings)
        # Of weight 0, its parameters would get no gradient.
        self.semantic_head = semantic if semantic and semantic.loss_weight else None

    @property
    def projecting(self) -> PredictiveHead:
        """The head whose projector is that of all."""
        return cast(PredictiveHead, next(iter(self.heads.values())))

    def describe(self, maps: Maps) -> Description:
        """The target's projection of a view, one for all branches, and its semantics."""
        whole, features = whole_and_map(maps[-1])
        projection = {'projection': self.projecting.target(whole)}
        return projection if self.semantic_head is None else {
            **projection, 'semantic_head': self.semantic_head.target(features)}

    def losses(self, views: EncodedViews, **unused: Any) -> dict[str, Tensor]:
        """`loss_global`, `loss_inter` and `loss_intra`, as far as `pairs` name them, and
        `loss_discrimination` of a batch of views.
        """
        return summed([self.pair_losses(views, a, b) for a, b in self.pairs])

    def pair_losses(self, views: EncodedViews, a: int, b: int) -> dict[str, Tensor]:
        """The losses of the online network's view a against the target's view b."""
        whole, features = whole_and_map(views.online[a][-1])
        branch, keys = BRANCHES[a // 2], views.target[b]
        head = cast(PredictiveHead, self.heads[branch])
        losses = {f'loss_{branch}': head.loss(head.online(whole), keys['projection'], view=b)}
        if self.semantic_head is not None:
            losses['loss_discrimination'] = self.semantic_head.loss(
                self.semantic_head.online(features), keys['semantic_head'], view=b)
        return losses
