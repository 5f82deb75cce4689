"""SCD: Semantic-Guided Consistency and Discrimination (submission to ICLR 2024)."""
from __future__ import annotations

from torch import Tensor

from ...ops.pooling import whole_and_map
from ...registry import MODELS
from ..heads.projection import ProjectionHead, build_head
from ..heads.semantic import SemanticHead
from ..pretrainer import Maps, Pretrainer, feature_channels, summed


@MODELS.register_module()
class SCD(Pretrainer):
    """The base method's loss on whole views, and foreground told from background (eq. 6).

    The head makes the variant: ``ContrastiveHead`` SCD-MoCo, ``PredictiveHead`` SCD-BYOL, and with
    ``symmetric`` SCD-BYOL (2x). The first view is the online network's, the second the target's
    (D-2).

    Args:
        backbone: config of a backbone; its last map is used.
        head: config of the objective of whole views (L_c); its ``in_channels`` and ``ema`` are set
            here.
        semantic_head: config of a ``SemanticHead`` (L_d), whose ``loss_weight`` is lambda.
        data_preprocessor: config of a preprocessor that returns the normalised views.
        symmetric: see :class:`Pretrainer`; of both losses (D-5).
        shuffle_bn: likewise.
        ema_decay: likewise.
        final_ema_decay: likewise.
    """

    def __init__(self, backbone: dict, head: dict, semantic_head: dict, data_preprocessor: dict,
                 symmetric: bool = False, shuffle_bn: bool = False,
                 ema_decay: float | None = 0.99, final_ema_decay: float = 1.0,
                 init_cfg: dict | None = None) -> None:
        super().__init__(backbone, data_preprocessor=data_preprocessor, symmetric=symmetric,
                         ema_decay=ema_decay, final_ema_decay=final_ema_decay,
                         shuffle_bn=shuffle_bn, init_cfg=init_cfg)
        settings = {'in_channels': feature_channels(self.backbone)[-1],
                    'ema': ema_decay is not None}
        self.head = build_head(head, ProjectionHead, **settings)
        semantic = build_head(semantic_head, SemanticHead, **settings)
        # Of weight 0, its parameters would get no gradient.
        self.semantic_head = semantic if semantic.loss_weight else None

    def objectives(self) -> list[ProjectionHead]:
        return [self.head, *([] if self.semantic_head is None else [self.semantic_head])]

    def loss(self, inputs: list[Tensor], data_samples: list | None = None) -> dict[str, Tensor]:
        """``loss_consistency`` and ``loss_discrimination`` of a batch of view pairs.

        Args:
            inputs: normalised views (b, 3, h, w).
            data_samples: unused.
        """
        losses: list[dict[str, Tensor]] = []
        for _, b, maps, (keys, *semantics) in self.directions(inputs, self._keys):
            whole, features = whole_and_map(maps[-1])
            terms = {'loss_consistency': self.head.loss(self.head.online(whole), keys, view=b)}
            self.head.remember(keys, b)
            if self.semantic_head is not None:
                terms['loss_discrimination'] = self.semantic_head.loss(
                    self.semantic_head.online(features), (semantics[0], semantics[1]))
            losses.append(terms)
        return summed(losses)

    def _keys(self, maps: Maps) -> tuple[Tensor, ...]:
        whole, features = whole_and_map(maps[-1])
        semantics = () if self.semantic_head is None else self.semantic_head.target(features)
        return self.head.target(whole), *semantics
