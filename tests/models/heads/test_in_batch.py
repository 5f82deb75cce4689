from __future__ import annotations

import pytest
import torch
from torch import Tensor

from oadp_mm.models import InBatchContrastiveHead
from tests.oracles.info_nce import others, surprise

WIDTH, OUT, T = 6, 5, 0.3
MLP = {'hidden_channels': 8, 'out_channels': OUT, 'norm': False}


def head(**changes) -> InBatchContrastiveHead:
    return InBatchContrastiveHead(WIDTH, MLP, MLP, temperature=T, **changes).double()


def rows(count: int) -> Tensor:
    return torch.randn(count, OUT, dtype=torch.float64)


def test_the_other_images_of_the_batch_are_the_negatives() -> None:
    query, keys, own = rows(4), rows(4), rows(4)
    order = [2, 0, 3, 1]
    numpy = keys.numpy()
    expected = [surprise(q, numpy[k], [*others(numpy, k), mine], T)
                for q, k, mine in zip(query.numpy(), order, own.numpy(), strict=True)]
    loss = head(loss_weight=2 * T).loss(query, keys, positive=torch.tensor(order),
                                        own_negatives=own)
    assert loss.item() == pytest.approx(2 * T * sum(expected) / 4, abs=1e-12)
    weight = torch.tensor([0.0, 1.0, 0.5, 0.0], dtype=torch.float64)
    loss = head().loss(query, keys, positive=torch.tensor(order), own_negatives=own, weight=weight)
    assert loss.item() == pytest.approx(expected[1] + 0.5 * expected[2], abs=1e-12)


def test_nothing_is_remembered() -> None:
    objective = head()
    before = {name: value.clone() for name, value in objective.state_dict().items()}
    objective.remember(rows(4), 0)
    objective.after_step()
    assert all(torch.equal(value, before[name]) for name, value in objective.state_dict().items())
    assert not any('queue' in name for name in before)


def test_one_process_gathers_its_own_keys() -> None:
    keys = rows(4)
    assert torch.equal(head().gather(keys), keys)
