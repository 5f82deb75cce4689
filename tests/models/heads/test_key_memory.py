"""The memory of contrastive heads: what enters a queue, when and in which order."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.layers.queue import FeatureQueue
from oadp_mm.models.heads.key_memory import KeyMemory
from tests.oracles.info_nce import enqueued

OUT = 5


def keys(count: int) -> Tensor:
    return torch.randn(count, OUT, dtype=torch.float64)


def assert_queue(queue: FeatureQueue, expected: tuple[np.ndarray, int]) -> None:
    np.testing.assert_allclose(queue.rows, expected[0], rtol=0, atol=1e-12)
    assert queue.pointer.item() == expected[1]


def test_a_queue_starts_full_of_unit_vectors() -> None:
    rows = KeyMemory(1000, OUT).queue(0).rows
    assert rows.shape == (1000, OUT)
    np.testing.assert_allclose(rows.norm(dim=1), 1, rtol=0, atol=1e-6)
    # Directions without preference: a mean of 1000 unit vectors has a norm of 1000**-0.5 or so.
    assert rows.mean(0).norm() < 5 * 1000 ** -0.5


def test_batches_of_any_size_wrap_around() -> None:
    """A last batch may be small, and none need divide the queue."""
    memory = KeyMemory(10, OUT).double()
    queue = memory.queue(0)
    expected = queue.rows.numpy().copy(), 0
    for count in (4, 4, 4, 7, 1, 10, 3):
        batch = keys(count)
        memory.remember(batch, 0)
        assert_queue(queue, expected)  # nothing before the step is done
        memory.after_step()
        expected = enqueued(*expected, batch.numpy())
        assert_queue(queue, expected)


def test_accumulated_batches_enter_in_their_order() -> None:
    """Gradient accumulation: several losses, one step."""
    memory = KeyMemory(10, OUT).double()
    expected = memory.queue(0).rows.numpy().copy(), 0
    batches = [keys(3), keys(3), keys(2)]
    for batch in batches:
        memory.remember(batch, 0)
    memory.after_step()
    expected = enqueued(*expected, torch.cat(batches).numpy())
    assert_queue(memory.queue(0), expected)
    memory.after_step()  # nothing waits any longer
    assert_queue(memory.queue(0), expected)


@pytest.mark.parametrize('count', [2, 4, 5, 10])
def test_steps_that_never_come_pile_up_nothing(count: int) -> None:
    """What a queue would have lost again need not wait; the rest makes the same queue as a set."""
    memory = KeyMemory(10, OUT).double()
    expected = memory.queue(0).rows.numpy().copy(), 0
    for _ in range(20):
        batch = keys(count)
        memory.remember(batch, 0)
        expected = enqueued(*expected, batch.numpy())
    assert 10 <= len(memory.waiting0) < 10 + count
    memory.after_step()
    ours = memory.queue(0).rows.numpy()
    for row in expected[0]:
        assert np.abs(ours - row).max(1).min() < 1e-12


def test_keys_are_remembered_without_their_graph() -> None:
    memory, batch = KeyMemory(10, OUT).double(), keys(3).requires_grad_()
    memory.remember(batch * 2, 0)
    assert len(memory.waiting0) == 3
    assert not memory.waiting0.requires_grad


def test_a_queue_travels_in_checkpoints() -> None:
    memory, fresh = (KeyMemory(10, OUT).double() for _ in range(2))
    memory.remember(keys(7), 0)
    memory.after_step()
    fresh.load_state_dict(memory.state_dict())
    assert_queue(fresh.queue(0), (memory.queue(0).rows.numpy(), 7))


def test_keys_that_wait_do_too() -> None:
    """A checkpoint may be written while batches accumulate."""
    memory, fresh = (KeyMemory(10, OUT, queues=2).double() for _ in range(2))
    batches = [keys(3), keys(2), keys(4)]
    for view, batch in enumerate(batches):
        memory.remember(batch, view)
    fresh.remember(keys(5), 1)  # forgotten
    fresh.load_state_dict(memory.state_dict())
    for each in (memory, fresh):
        each.after_step()
    assert fresh.queue(0).pointer == 7
    assert fresh.queue(1).pointer == 2
    for ours, theirs in zip(fresh, memory, strict=True):
        assert torch.equal(ours.rows, theirs.rows)


def test_a_checkpoint_of_before_has_none_that_wait() -> None:
    memory, fresh = (KeyMemory(10, OUT).double() for _ in range(2))
    old = {name: value for name, value in memory.state_dict().items() if 'waiting' not in name}
    fresh.remember(keys(3), 0)
    fresh.load_state_dict(old)
    assert len(fresh.waiting0) == 0
    assert 'waiting0' not in old
