"""In-context segmentation, against loops over cells."""
from __future__ import annotations

import numpy as np
import pytest
import torch

from oadp_mm.ops.in_context import cells_per_image, retrieved_shares, sample_cells
from tests.oracles import in_context as oracle


@pytest.mark.parametrize('count', [1, 30, 90])
@pytest.mark.parametrize('temperature', [.02, .5])
def test_retrieved_shares_by_loops(count: int, temperature: float) -> None:
    cells, bank = torch.randn(9, 5), torch.randn(70, 5)
    shares = torch.rand(70, 3)
    found = retrieved_shares(cells, bank, shares, neighbours=count, temperature=temperature)
    expected = [oracle.attended(cell, bank.double().numpy(), shares.double().numpy(), count,
                                temperature) for cell in cells.double().numpy()]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_half_precision_keeps_the_neighbours() -> None:
    cells, bank, shares = torch.randn(9, 5).half(), torch.randn(70, 5).half(), torch.rand(70, 3)
    expected = retrieved_shares(cells.double(), bank.double(), shares)
    torch.testing.assert_close(retrieved_shares(cells, bank, shares), expected)


def test_shares_of_whole_cells_stay_whole() -> None:
    shares = torch.rand(70, 3).softmax(1)
    found = retrieved_shares(torch.randn(9, 5), torch.randn(70, 5), shares)
    torch.testing.assert_close(found.sum(1), torch.ones(9))


def labelled(rows: int, seed: int) -> torch.Tensor:
    """Shares of 4 classes in cells, of which about a third have none."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(size=(4, rows)) * (rng.uniform(size=(4, rows)) < [[.6], [.3], [.1], [0]])
    return torch.from_numpy(shares)


def test_the_cells_of_least_weight_are_taken() -> None:
    """The same uniform numbers as ours times weights that are counted by loops."""
    for seed in range(20):
        shares = labelled(40, seed)
        weights = np.array(oracle.weights(shares.numpy()), float)
        chances = torch.rand(40, generator=torch.Generator().manual_seed(seed)).numpy()
        order = [cell for cell in np.argsort(weights * chances) if weights[cell]]
        found = sample_cells(shares, 9, torch.Generator().manual_seed(seed))
        assert found.tolist() == sorted(order[:9])


def test_a_rare_class_is_preferred() -> None:
    """Of 1 cell against 99 it is the least if 99 uniform numbers exceed a 99th of its own.

    That happens with the mean of (1 - u / 99)**99 over u, about 1 - 1/e = .632; evenly it were .01.
    """
    shares = torch.zeros(2, 100)
    shares[0, 1:] = shares[1, 0] = 1
    taken = [int(sample_cells(shares, 1)) == 0 for _ in range(2000)]
    assert np.mean(taken) == pytest.approx(.632, abs=5 * .5 / 2000**.5)


def test_cells_without_a_label_are_never_taken() -> None:
    shares = labelled(40, 0)
    some = (shares.sum(0) > 0).nonzero()[:, 0]
    assert 9 < len(some) < 40
    assert sample_cells(shares, 40).tolist() == some.tolist()
    assert sample_cells(torch.zeros(3, 5), 2).tolist() == []


def test_sampling_is_by_the_generator() -> None:
    state = torch.get_rng_state()
    draws = [sample_cells(labelled(60, 0), 9, torch.Generator().manual_seed(seed)).tolist()
             for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert torch.equal(torch.get_rng_state(), state)


def test_a_bank_is_shared_evenly() -> None:
    assert [cells_per_image(10, images) for images in (1, 3, 10)] == [10, 3, 1]
    for images in (0, 11):
        with pytest.raises(ValueError, match=f'bank of 10 cells has no place.*of {images} images'):
            cells_per_image(10, images)


def test_bad_banks(unchecked: None) -> None:
    rows, shares = torch.randn(4, 3), torch.rand(4, 2)
    with pytest.raises(ValueError, match='got 4 cells in the bank and 3 shares of classes'):
        retrieved_shares(rows, rows, shares[:3])
    with pytest.raises(ValueError, match='rows of the bank are constant'):
        retrieved_shares(rows, torch.ones(4, 3), shares)
    with pytest.raises(ValueError, match='rows of the bank must be at least 1 row, got 0'):
        retrieved_shares(rows, rows[:0], shares[:0])
    with pytest.raises(ValueError, match='at least 1 cell an image is needed, got 0'):
        sample_cells(shares.T, 0)
