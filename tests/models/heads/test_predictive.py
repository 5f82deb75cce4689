from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.models import PredictiveHead
from tests.oracles import losses as oracle

WIDTH, OUT = 6, 5


def head(**changes) -> PredictiveHead:
    return PredictiveHead(WIDTH, 8, OUT, **changes).double()


def rows(count: int) -> Tensor:
    return torch.randn(count, OUT, dtype=torch.float64)


@pytest.mark.parametrize(('loss', 'reference'), [
    ('cosine', oracle.cosine_distance), ('mse', oracle.squared_error)])
def test_each_prediction_is_held_against_its_own_key(loss: str, reference) -> None:
    query, keys, order = rows(4), rows(4), torch.tensor([2, 0, 3, 1])
    objective = head(loss=loss, loss_weight=0.25)
    expected = reference(query.numpy(), keys.numpy()[order])
    assert objective.loss(query, keys, positive=order).item() == pytest.approx(
        0.25 * expected, abs=1e-12)
    alone = [reference(query.numpy()[i:i + 1], keys.numpy()[i:i + 1]) for i in range(4)]
    weight = torch.tensor([0.0, 1.0, 0.5, 0.0], dtype=torch.float64)
    assert objective.loss(query, keys, weight=weight).item() == pytest.approx(
        0.25 * np.dot(weight, alone), abs=1e-12)


def test_there_are_no_negatives() -> None:
    with pytest.raises(ValueError, match='no negatives, but got own_negatives: use a contrastive'):
        head().loss(rows(2), rows(2), own_negatives=rows(2))


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of \['cosine', 'mse'\], got 'l1'"):
        head(loss='l1')
