"""How a model's features spread in the middle of its training, without labels or a trace in it."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from mmpretrain.models.necks import DenseCLNeck, MoCoV2Neck, NonLinearNeck
from torch import Tensor

from oadp_mm.layers.norm_statistics import leaving_no_trace
from oadp_mm.models.pretrainer import Pretrainer
from oadp_mm.ops.label_free import alignment, spread
from oadp_mm.ops.pooling import whole_and_map

#: Cells that are measured, at equal distances; a rank takes time by the square of their number.
CELLS = 256
#: The host's necks that project the features of whole views.
_PROJECTORS = (DenseCLNeck, MoCoV2Neck, NonLinearNeck)


@torch.no_grad()
def health(model: Any, views: Sequence[Tensor]) -> dict[str, float]:
    """Figures of `oadp_mm.ops.label_free` for the online network's features of a batch of views.

    Batch norms take the statistics of the view, as in training; see `leaving_no_trace`.

    Args:
        model: with `data_preprocessor` and `backbone`, whose last output is a map (b, c, h, w),
            a transformer's tokens (b, n, c), or one vector an image.
        views: as they come from the data set, (b, 3, h, w) each; the first two tell the alignment.

    Returns:
        What `spread` names, of whole views; with the prefix `cell_`, of single cells of the last
        map; with `projected_`, of the projections that the loss compares, where the model has a
        projector of whole views. `alignment`, and `projected_alignment`, with two views or more.
        Nothing if a feature is not finite.

    Raises:
        ValueError: the backbone returns something else, or fewer than two images.
    """
    with leaving_no_trace(model):
        inputs = model.data_preprocessor({'inputs': list(views), 'data_samples': None})['inputs']
        seen = [_features(model, view) for view in inputs]
    if not all(rows.isfinite().all() for each in seen for rows in each.values()):
        return {}
    figures = {}
    for level in seen[0]:
        rows = [each[level].float().cpu() for each in seen]
        together = torch.cat(rows)
        if level == 'cell_':
            chosen = torch.linspace(0, len(together) - 1, min(CELLS, len(together)))
            together = together[chosen.long()]
        elif len(rows) > 1:
            figures[f'{level}alignment'] = alignment(rows[0], rows[1])
        figures |= {level + name: value for name, value in spread(together).items()}
    return figures


def _features(model: Any, view: Tensor) -> dict[str, Tensor]:
    maps = model.backbone(view)
    last = maps[-1] if isinstance(maps, list | tuple) else maps
    if last.ndim == 2:
        rows = {'': last}
    else:
        whole, features = whole_and_map(last)
        rows = {'': whole, 'cell_': features.flatten(2).transpose(1, 2).flatten(0, 1)}
    projected = _projections(model, view, maps)
    return rows if projected is None else {**rows, 'projected_': projected}


def _projections(model: Any, view: Tensor, maps: Sequence[Tensor]) -> Tensor | None:
    if isinstance(model, Pretrainer):
        return model.project_view(view, maps)
    neck = getattr(model, 'neck', None)
    return neck(maps)[0] if isinstance(neck, _PROJECTORS) else None
