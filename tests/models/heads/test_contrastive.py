"""Contrastive heads over a queue: whose keys are whose negatives, what a dense one remembers."""
from __future__ import annotations

import pytest
import torch
from torch import Tensor

from oadp_mm.models import ContrastiveHead, DenseContrastiveHead
from tests.models.heads.test_key_memory import assert_queue
from tests.oracles.info_nce import enqueued

WIDTH, OUT = 6, 5
MLP = {'hidden_channels': 8, 'out_channels': OUT, 'norm': False}


def head(length: int = 10, queues: int = 1) -> ContrastiveHead:
    return ContrastiveHead(WIDTH, MLP, queue_length=length, queues=queues).double()


def keys(count: int) -> Tensor:
    return torch.randn(count, OUT, dtype=torch.float64)


def test_each_view_has_its_queue() -> None:
    """MoBy: the keys of one view are negatives of the other's queries alone."""
    memory = head(10, queues=2)
    expected = [(memory.queues.queue(view).rows.numpy().copy(), 0) for view in (0, 1)]
    batches = [keys(3), keys(4)]
    for view in (1, 0):
        memory.remember(batches[view], view)
    memory.after_step()
    for view in (0, 1):
        assert_queue(memory.queues.queue(view), enqueued(*expected[view], batches[view].numpy()))
    query, positive = keys(4), keys(4)
    losses = [memory.loss(query, positive, view=view).item() for view in (0, 1)]
    memory.queues.queue(1).rows.copy_(memory.queues.queue(0).rows)
    assert [memory.loss(query, positive, view=view).item() for view in (0, 1)] == [losses[0]] * 2
    assert losses[0] != losses[1]


def test_a_dense_queue_takes_the_mean_projection_of_an_image() -> None:
    memory = DenseContrastiveHead(WIDTH, MLP, queue_length=10).double()
    features = torch.randn(3, WIDTH, 2, 4, dtype=torch.float64)
    projections, rows = memory.target(features)
    by_position = torch.stack([memory.target_projector(features[:, :, y, x])
                               for y in range(2) for x in range(4)], 1)
    torch.testing.assert_close(projections, by_position, rtol=0, atol=1e-12)
    torch.testing.assert_close(rows, features.flatten(2).transpose(1, 2), rtol=0, atol=0)
    expected = memory.queues.queue(0).rows.numpy().copy(), 0
    memory.remember((projections, rows), 0)
    memory.after_step()
    assert_queue(memory.queues.queue(0), enqueued(*expected, by_position.mean(1).numpy()))


def test_positives_are_named_by_their_row() -> None:
    """Of pastes the images they come from: the loss of permuted keys is that of permuted rows."""
    query, batch, order = keys(4), keys(4), torch.tensor([2, 0, 3, 1])
    memory = head()
    assert memory.loss(query, batch, positive=order).item() == pytest.approx(
        memory.loss(query, batch[order]).item(), abs=1e-12)


def test_rows_are_summed_with_their_weights() -> None:
    """Each row's loss is what it is alone; padding of weight 0 counts nothing."""
    query, batch, memory = keys(3), keys(3), head()
    weight = torch.tensor([0.5, 0.0, 2.0], dtype=torch.float64)
    alone = [memory.loss(query[i:i + 1], batch[i:i + 1]).item() for i in range(3)]
    assert memory.loss(query, batch, weight=weight).item() == pytest.approx(
        0.5 * alone[0] + 2.0 * alone[2], abs=1e-12)
    assert memory.loss(query, batch).item() == pytest.approx(sum(alone) / 3, abs=1e-12)
