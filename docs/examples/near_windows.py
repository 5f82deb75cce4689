"""The worked example of docs/new_method.md: windows of two views that look alike come together.

Nobody's method: DenseCL's matching by features (Wang et al., CVPR 2021), of windows and without
negatives.
"""
from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from oadp_mm.models.heads.predictive import PredictiveHead
from oadp_mm.models.heads.projection import build_head
from oadp_mm.models.pretrainer import Pretrainer, feature_channels
from oadp_mm.models.view_pairs import BOTH_WAYS, Description, EncodedViews, Maps, Pairs, summed
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.ops.window_means import window_means
from oadp_mm.registry import MODELS


@torch.no_grad()
def nearest_rows(rows: Float[Tensor, 'b n c'], others: Float[Tensor, 'b m c'],
                 ) -> Int64[Tensor, 'b n']:
    """Of each row the number of the other one of its image that is most alike, by the cosine."""
    return (F.normalize(rows, dim=2) @ F.normalize(others, dim=2).mT).argmax(2)


@MODELS.register_module()
class NearWindows(Pretrainer):
    """BYOL on whole views, and on each window against the nearest window of the other view.

    Args:
        backbone: config of a backbone; its last map is used.
        head: config of a `PredictiveHead` for whole views; a second one like it is for windows.
            Its `in_channels` and `ema` are set here.
        data_preprocessor: config of a preprocessor that returns the normalised views.
        windows: a side of the map has so many windows, which overlap.
        weight: of the windows' loss; 0 is BYOL.
        pairs: see `Pretrainer`.
        ema_decay: likewise.
        init_cfg: the host's.

    Raises:
        ValueError: windows that are no whole number above 0, or a negative weight.
    """

    def __init__(self, backbone: dict, head: dict, data_preprocessor: dict, windows: int = 2,
                 weight: float = 1.0, pairs: Pairs = BOTH_WAYS, ema_decay: float | None = 0.99,
                 init_cfg: dict | None = None) -> None:
        if type(windows) is not int or windows < 1:
            raise ValueError(f'windows={windows} are no number of windows a side: give 1 or more')
        super().__init__(backbone, data_preprocessor=data_preprocessor, pairs=pairs,
                         ema_decay=ema_decay, init_cfg=init_cfg)
        settings: dict[str, Any] = {'in_channels': feature_channels(self.backbone)[-1],
                                    'ema': ema_decay is not None}
        self.windows = windows
        self.head = build_head(head, PredictiveHead, **settings)
        near = build_head({**head, 'loss_weight': weight}, PredictiveHead, optional=True,
                          **settings)
        self.near_head = near if weight else None  # its parameters would get no gradient

    def describe(self, maps: Maps) -> Description:
        """The target's keys of whole views, and the features of its windows."""
        whole, _ = whole_and_map(maps[-1])
        return {'head': self.head.target(whole), 'windows': self.rows(maps)}

    def rows(self, maps: Maps) -> Float[Tensor, 'b n c']:
        """Features of the windows of each view."""
        _, features = whole_and_map(maps[-1])
        return window_means(features, self.windows).flatten(2).mT

    def losses(self, views: EncodedViews, **unused: Any) -> dict[str, Tensor]:
        """`loss_whole` and `loss_near` of a batch of views; changes nothing."""
        return summed([self.pair_losses(views, a, b) for a, b in self.pairs])

    def pair_losses(self, views: EncodedViews, a: int, b: int) -> dict[str, Tensor]:
        """Of the online network's view a against the target's view b."""
        whole, _ = whole_and_map(views.online[a][-1])
        losses = {'loss_whole': self.head.loss(
            self.head.online(whole), views.target[b]['head'], view=b)}
        if self.near_head is not None:
            rows, others = self.rows(views.online[a]), views.target[b]['windows']
            nearest = others.gather(1, nearest_rows(rows, others)[..., None].expand_as(rows))
            losses['loss_near'] = self.near_head.loss(
                self.near_head.online(rows.flatten(0, 1)),
                self.near_head.target(nearest.flatten(0, 1)), view=b)
        return losses
