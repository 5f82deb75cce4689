"""The memory of contrastive heads: what enters a queue, when and in which order."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.layers.queue import FeatureQueue
from oadp_mm.models import ContrastiveHead, DenseContrastiveHead, InBatchContrastiveHead
from tests.oracles.info_nce import enqueued

WIDTH, OUT = 6, 5
MLP = {'hidden_channels': 8, 'out_channels': OUT, 'norm': False}


def head(length: int = 10, queues: int = 1) -> ContrastiveHead:
    return ContrastiveHead(WIDTH, MLP, queue_length=length, queues=queues).double()


def keys(count: int) -> Tensor:
    return torch.randn(count, OUT, dtype=torch.float64)


def assert_queue(queue: FeatureQueue, expected: tuple[np.ndarray, int]) -> None:
    np.testing.assert_allclose(queue.rows, expected[0], rtol=0, atol=1e-12)
    assert queue.pointer.item() == expected[1]


def test_a_queue_starts_full_of_unit_vectors() -> None:
    rows = head(1000).queue(0).rows
    assert rows.shape == (1000, OUT)
    np.testing.assert_allclose(rows.norm(dim=1), 1, rtol=0, atol=1e-6)
    # Directions without preference: a mean of 1000 unit vectors has a norm of 1000**-0.5 or so.
    assert rows.mean(0).norm() < 5 * 1000 ** -0.5


def test_batches_of_any_size_wrap_around() -> None:
    """A last batch may be small, and none need divide the queue."""
    memory = head(10)
    queue = memory.queue(0)
    expected = queue.rows.numpy().copy(), 0
    for count in (4, 4, 4, 7, 1, 10, 3):
        batch = keys(count)
        memory.remember(batch)
        assert_queue(queue, expected)  # nothing before the step is done
        memory.after_step()
        expected = enqueued(*expected, batch.numpy())
        assert_queue(queue, expected)


def test_accumulated_batches_enter_in_their_order() -> None:
    """Gradient accumulation: several losses, one step."""
    memory = head(10)
    expected = memory.queue(0).rows.numpy().copy(), 0
    batches = [keys(3), keys(3), keys(2)]
    for batch in batches:
        memory.remember(batch)
    memory.after_step()
    expected = enqueued(*expected, torch.cat(batches).numpy())
    assert_queue(memory.queue(0), expected)
    memory.after_step()  # nothing waits any longer
    assert_queue(memory.queue(0), expected)


@pytest.mark.parametrize('count', [2, 4, 5, 10])
def test_steps_that_never_come_pile_up_nothing(count: int) -> None:
    """What a queue would have lost again need not wait; the rest makes the same queue as a set."""
    memory = head(10)
    expected = memory.queue(0).rows.numpy().copy(), 0
    for _ in range(20):
        batch = keys(count)
        memory.remember(batch)
        expected = enqueued(*expected, batch.numpy())
    assert sum(len(batch) for batch in memory._waiting[0]) < 10 + count
    memory.after_step()
    ours = memory.queue(0).rows.numpy()
    for row in expected[0]:
        assert np.abs(ours - row).max(1).min() < 1e-12


def test_each_view_has_its_queue() -> None:
    """MoBy: the keys of one view are negatives of the other's queries alone."""
    memory = head(10, queues=2)
    expected = [(memory.queue(view).rows.numpy().copy(), 0) for view in (0, 1)]
    batches = [keys(3), keys(4)]
    for view in (1, 0):
        memory.remember(batches[view], view)
    memory.after_step()
    for view in (0, 1):
        assert_queue(memory.queue(view), enqueued(*expected[view], batches[view].numpy()))
    query, positive = keys(4), keys(4)
    losses = [memory.loss(query, positive, view=view).item() for view in (0, 1)]
    memory.queue(1).rows.copy_(memory.queue(0).rows)
    assert [memory.loss(query, positive, view=view).item() for view in (0, 1)] == [losses[0]] * 2
    assert losses[0] != losses[1]


def test_keys_are_remembered_without_their_graph() -> None:
    memory, batch = head(), keys(3).requires_grad_()
    memory.remember(batch * 2)
    assert not memory._waiting[0][0].requires_grad


def test_a_dense_queue_takes_the_mean_projection_of_an_image() -> None:
    memory = DenseContrastiveHead(WIDTH, MLP, queue_length=10).double()
    features = torch.randn(3, WIDTH, 2, 4, dtype=torch.float64)
    projections, rows = memory.target(features)
    by_position = torch.stack([memory.target_projector(features[:, :, y, x])
                               for y in range(2) for x in range(4)], 1)
    torch.testing.assert_close(projections, by_position, rtol=0, atol=1e-12)
    torch.testing.assert_close(rows, features.flatten(2).transpose(1, 2), rtol=0, atol=0)
    expected = memory.queue(0).rows.numpy().copy(), 0
    memory.remember((projections, rows))
    memory.after_step()
    assert_queue(memory.queue(0), enqueued(*expected, by_position.mean(1).numpy()))


def test_a_queue_travels_in_checkpoints() -> None:
    memory, fresh = head(), head()
    memory.remember(keys(7))
    memory.after_step()
    fresh.load_state_dict(memory.state_dict())
    assert_queue(fresh.queue(0), (memory.queue(0).rows.numpy(), 7))


def test_objectives_without_a_memory_keep_none() -> None:
    memory = InBatchContrastiveHead(WIDTH, MLP).double()
    before = set(memory.state_dict())
    memory.remember(keys(4))
    memory.after_step()
    assert set(memory.state_dict()) == before
    assert not any('queue' in name for name in before)


def test_positives_are_named_by_their_row() -> None:
    """Of pastes the images they come from: the loss of permuted keys is that of permuted rows."""
    query, batch, order = keys(4), keys(4), torch.tensor([2, 0, 3, 1])
    memory = head()
    assert memory.loss(query, batch, positive=order).item() == pytest.approx(
        memory.loss(query, batch[order]).item(), abs=1e-12)
    memory = InBatchContrastiveHead(WIDTH, MLP).double()
    assert memory.loss(query, batch, positive=order).item() == pytest.approx(
        memory.loss(query, batch[order]).item(), abs=1e-12)
