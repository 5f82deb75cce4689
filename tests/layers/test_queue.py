"""The queue against a list: new rows at its end, the oldest leave at its front."""
from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.layers.queue import FeatureQueue
from oadp_mm.ops.info_nce import info_nce

LENGTH, CHANNELS = 7, 5


def oldest_first(queue: FeatureQueue) -> np.ndarray:
    """The rows in the order of their arrival; the pointer stands at the oldest."""
    return np.roll(queue.rows.double().numpy(), -int(queue.pointer), 0)


def unit(keys: Tensor) -> list[np.ndarray]:
    return [row / np.sqrt((row * row).sum()) for row in keys.double().numpy()]


def test_any_batch_sizes_wrap_around_like_a_list() -> None:
    queue, sizes = FeatureQueue(LENGTH, CHANNELS), np.random.default_rng(0)
    held = list(oldest_first(queue))
    pushed = [LENGTH, 1, LENGTH - 1, *sizes.integers(1, LENGTH + 1, 60)]
    assert {size for size in pushed if LENGTH % size} >= {2, 3, 4, 5, 6}
    for number, size in enumerate(pushed, 1):
        keys = torch.randn(int(size), CHANNELS) * number
        queue.push(keys)
        held = [*held, *unit(keys)][-LENGTH:]
        np.testing.assert_allclose(oldest_first(queue), held, rtol=0, atol=1e-6)
        assert queue.pointer == sum(pushed[:number]) % LENGTH


def test_it_starts_full_of_different_unit_rows() -> None:
    rows = FeatureQueue(LENGTH, CHANNELS).rows.double().numpy()
    np.testing.assert_allclose(np.sqrt((rows ** 2).sum(1)), 1, rtol=0, atol=1e-6)
    assert len(np.unique(rows, axis=0)) == LENGTH


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_keys_of_any_type_become_unit_rows_of_its_own(dtype: torch.dtype) -> None:
    """Normalised in the rows' float32: in half precision a norm is off by 1e-3."""
    queue, keys = FeatureQueue(LENGTH, CHANNELS), (100 * torch.randn(3, CHANNELS)).to(dtype)
    queue.push(keys)
    assert queue.rows.dtype == torch.float32
    np.testing.assert_allclose(queue.rows[:3].numpy(), unit(keys), rtol=0, atol=1e-6)


def test_it_keeps_no_graph_and_no_hold_of_the_keys() -> None:
    queue, keys = FeatureQueue(LENGTH, CHANNELS), torch.randn(3, CHANNELS, requires_grad=True)
    queue.push(keys)
    before = queue.rows.clone()
    with torch.no_grad():
        keys.zero_()
    assert not queue.rows.requires_grad
    assert torch.equal(queue.rows, before)


def losses(queue: FeatureQueue, steps: int = 5) -> list[float]:
    """Of the same queries each time, while 3 keys a step come in."""
    generator, found = torch.Generator().manual_seed(1), []
    for _ in range(steps):
        queries, keys = torch.randn(2, 3, CHANNELS, generator=generator)
        found.append(info_nce(queries, keys, queue.rows, temperature=0.2).item())
        queue.push(keys)
    return found


def test_a_saved_queue_goes_on_where_it_stopped() -> None:
    queue = FeatureQueue(LENGTH, CHANNELS)
    queue.push(torch.randn(5, CHANNELS))
    saved = {name: tensor.clone() for name, tensor in queue.state_dict().items()}
    assert saved.keys() == {'rows', 'pointer'}
    expected = losses(queue)
    resumed = FeatureQueue(LENGTH, CHANNELS)
    resumed.load_state_dict(saved)
    assert losses(resumed) == expected
    # Without its pointer it would drop other rows: the first loss alone would be the same.
    resumed.load_state_dict({**saved, 'pointer': torch.tensor(0)})
    forgetful = losses(resumed)
    assert forgetful[0] == expected[0]
    assert forgetful[1:3] != expected[1:3]


def test_more_keys_than_rows_are_refused_and_change_nothing() -> None:
    queue = FeatureQueue(LENGTH, CHANNELS)
    before = queue.rows.clone()
    with pytest.raises(ValueError, match=f'queue of {LENGTH} .* batch of {LENGTH + 1} keys: set '
                                         'queue_length'):
        queue.push(torch.randn(LENGTH + 1, CHANNELS))
    assert torch.equal(queue.rows, before)
    assert queue.pointer == 0


@pytest.mark.parametrize(('length', 'channels'), [(0, 4), (-1, 4), (1e4, 4), (4, 0)], ids=str)
def test_sizes_without_room(length: int, channels: int, unchecked: None) -> None:
    with pytest.raises(ValueError, match=f'at least 1, in integers, got {length} and {channels}'):
        FeatureQueue(length, channels)
