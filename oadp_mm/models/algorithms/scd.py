"""SCD: Semantic-Guided Consistency and Discrimination (submission to ICLR 2024)."""
from __future__ import annotations

from typing import Any

from torch import Tensor

from oadp_mm.models.heads.projection import RowHead, build_head
from oadp_mm.models.heads.semantic import SemanticHead
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.view_pairs import ONE_WAY, EncodedViews, Pairs, summed
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.registry import MODELS


@MODELS.register_module()
class SCD(Pretrainer):
    """The base method's loss on whole views, and foreground told from background (eq. 6).

    The head makes the variant: `ContrastiveHead` SCD-MoCo, `PredictiveHead` SCD-BYOL, and with
    pairs both ways SCD-BYOL (2x).

    Args:
        backbone: config of a backbone; its last map is used.
        head: config of the objective of whole views (L_c); its `in_channels` and `ema` are set
            here.
        semantic_head: config of a `SemanticHead` (L_d), whose `loss_weight` is lambda.
        data_preprocessor: config of a preprocessor that returns the normalised views.
        pairs: see `Pretrainer`; by default the first view is the online network's, the second the
            target's (D-2). Of both losses (D-5).
        shuffle_bn: likewise.
        ema_decay: likewise.
        final_ema_decay: likewise.
    """

    def __init__(self, backbone: dict, head: dict, semantic_head: dict, data_preprocessor: dict,
                 pairs: Pairs = ONE_WAY, shuffle_bn: bool = False,
                 ema_decay: float | None = 0.99, final_ema_decay: float = 1.0,
                 init_cfg: dict | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, pairs=pairs,
                         ema_decay=ema_decay, final_ema_decay=final_ema_decay,
                         shuffle_bn=shuffle_bn, init_cfg=init_cfg)
        settings: dict[str, Any] = {'in_channels': feature_channels(self.backbone)[-1],
                                    'ema': ema_decay is not None}
        self.head = build_head(head, RowHead, **settings)
        semantic = build_head(semantic_head, SemanticHead, optional=True, **settings)
        # Of weight 0, its parameters would get no gradient.
        self.semantic_head = semantic if semantic.loss_weight else None

    def losses(self, views: EncodedViews, **unused: Any) -> dict[str, Tensor]:
        """`loss_consistency` and `loss_discrimination` of a batch of views."""
        return summed([self.pair_losses(views, a, b) for a, b in self.pairs])

    def pair_losses(self, views: EncodedViews, a: int, b: int) -> dict[str, Tensor]:
        """The losses of the online network's view a against the target's view b (eq. 6)."""
        whole, features = whole_and_map(views.online[a][-1])
        keys = views.target[b]
        losses = {'loss_consistency': self.head.loss(
            self.head.online(whole), keys['head'], view=b)}
        if self.semantic_head is not None:
            losses['loss_discrimination'] = self.semantic_head.loss(
                self.semantic_head.online(features), keys['semantic_head'], view=b)
        return losses
