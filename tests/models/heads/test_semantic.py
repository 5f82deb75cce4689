from __future__ import annotations

import pytest
import torch

from oadp_mm.models import SemanticHead
from tests.oracles import foreground as oracle

WIDTH, OUT = 6, 5
MLP = {'hidden_channels': 8, 'out_channels': OUT, 'norm': False}


def head(**changes) -> SemanticHead:
    return SemanticHead(WIDTH, MLP, **changes).double()


def maps() -> torch.Tensor:
    return torch.randn(3, WIDTH, 2, 4, dtype=torch.float64)


@pytest.mark.parametrize('ema', [True, False])
def test_the_target_sees_with_its_own_network(ema: bool) -> None:
    """By the copies where there are some, which lag behind; and by no gradient."""
    objective, features = head(ema=ema), maps()
    with torch.no_grad():
        for parameter in (*objective.saliency.parameters(), *objective.projector.parameters()):
            parameter.add_(torch.randn_like(parameter))
    online, target = objective.online(features), objective.target(features)
    assert all(part.shape == (3, OUT) and part.requires_grad for part in online)
    assert all(part.shape == (3, OUT) and not part.requires_grad for part in target)
    assert torch.equal(online[0], target[0]) == (not ema)


@pytest.mark.parametrize('terms', [
    {}, {'foreground': False}, {'background': False}, {'margin': 0.3}], ids=str)
def test_the_loss_is_eq_5_by_loops(terms: dict) -> None:
    first, second = (tuple(torch.randn(2, 4, OUT, dtype=torch.float64)) for _ in range(2))
    expected = oracle.discrimination(
        tuple(part.numpy() for part in first), tuple(part.numpy() for part in second),
        **{'margin': 1.0, **terms})
    assert head(**terms, loss_weight=0.5).loss(first, second).item() == pytest.approx(
        0.5 * expected, abs=1e-12)
