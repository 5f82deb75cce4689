"""Contrastive losses: tell a positive from negatives by their cosines, computed in float32."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from oadp_mm.ops.losses import at_least_float32, mean


def info_nce(queries: Float[Tensor, 'n d'], positives: Float[Tensor, 'n d'],
             negatives: Float[Tensor, 'm d'], *, temperature: float,
             own_negatives: Float[Tensor, 'n d'] | None = None,
             weight: Float[Tensor, ' n'] | None = None) -> Float[Tensor, '']:
    """Mean over rows of `-log(exp(q k+ / t) / (exp(q k+ / t) + sum_k exp(q k / t)))`.

    RegionCL eq. 1; with `own_negatives` a term of eq. 2. All rows are normalised here.

    Args:
        queries: q.
        positives: k+, one a query.
        negatives: rows that every query is held against, such as a queue.
        temperature: t, positive.
        own_negatives: one further negative a query; its gradient is not stopped here.
        weight: see `mean`.
    """
    q, k, others = (F.normalize(at_least_float32(x), dim=1)
                    for x in (queries, positives, negatives))
    with torch.autocast(q.device.type, enabled=False):
        q = q / temperature
        positive = (q * k).sum(1)
        # The only array of rows by queue; a softmax over a concatenation would hold several.
        total = positive.logaddexp((q @ others.to(q.dtype).T).logsumexp(1))
        if own_negatives is not None:
            own = F.normalize(at_least_float32(own_negatives), dim=1)
            total = total.logaddexp((q * own).sum(1))
        return mean(total - positive, weight)


def in_batch_info_nce(queries: Float[Tensor, 'n d'], keys: Float[Tensor, 'm d'],
                      positive: Int64[Tensor, ' n'], *, temperature: float,
                      own_negatives: Float[Tensor, 'n d'] | None = None,
                      weight: Float[Tensor, ' n'] | None = None) -> Float[Tensor, '']:
    """InfoNCE whose negatives are the other images of the batch (MoCo v3, algorithm 1).

    Args:
        queries: q.
        keys: one an image of the whole batch.
        positive: the row of `keys` that is the query's positive; the others are its negatives.
        temperature: positive.
        own_negatives: one further negative a query.
        weight: see `mean`.
    """
    q, k = (F.normalize(at_least_float32(x), dim=1) for x in (queries, keys))
    with torch.autocast(q.device.type, enabled=False):
        logits = [q @ k.to(q.dtype).T]
        if own_negatives is not None:
            own = F.normalize(at_least_float32(own_negatives), dim=1)
            logits.append((q * own).sum(1, keepdim=True))
        losses = F.cross_entropy(torch.cat(logits, 1) / temperature, positive, reduction='none')
        return mean(losses, weight)


def check_temperature(temperature: float) -> float:
    """The temperature.

    Raises:
        ValueError: not a positive finite number.
    """
    if not 0 < temperature < float('inf'):
        raise ValueError(f'temperature must be a positive finite number, got {temperature}')
    return temperature
