from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.layers.ema import EMACopy
from tests.oracles.network import moving_average


def network() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))


def moved(online: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in online.parameters():
            parameter.add_(torch.randn_like(parameter))
    return online


def values(module: nn.Module) -> list[np.ndarray]:
    return [parameter.detach().double().numpy().copy() for parameter in module.parameters()]


def test_three_steps_of_the_recursion() -> None:
    online = network()
    copy = EMACopy(online)
    expected = values(online)
    for decay in (0.99, 0.5, 0.9):
        moved(online)
        expected = [moving_average(target, now, decay)
                    for target, now in zip(expected, values(online), strict=True)]
        copy.follow(decay)
        for ours, theirs in zip(values(copy), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize('decay', [0, 1])
def test_the_ends_are_exact(decay: int) -> None:
    online = network()
    copy = EMACopy(online)
    source = copy.module if decay else online
    moved(online)
    expected = values(source)
    copy.follow(decay)
    for ours, theirs in zip(values(copy), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_copy_shares_nothing_and_follows_only_when_told() -> None:
    online = network()
    copy = EMACopy(online)
    before = values(copy)
    moved(online)
    for ours, theirs in zip(values(copy), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_no_gradient_goes_into_or_through_the_copy() -> None:
    online = network()
    copy = EMACopy(online)
    rows = torch.randn(5, 4, requires_grad=True)
    out = copy(rows)
    assert not out.requires_grad
    assert not any(parameter.requires_grad for parameter in copy.parameters())
    assert all(parameter.requires_grad for parameter in online.parameters())


def test_the_copy_computes_what_its_source_does() -> None:
    online = network().eval()
    rows = torch.randn(5, 4)
    assert torch.equal(EMACopy(online)(rows), online(rows))


def test_reset_makes_it_equal_again_with_statistics() -> None:
    online = network()
    copy = EMACopy(online)
    moved(online)(torch.randn(8, 4))
    copy.reset()
    assert copy.module.state_dict().keys() == online.state_dict().keys()
    for name, tensor in online.state_dict().items():
        assert torch.equal(copy.module.state_dict()[name], tensor), name


@pytest.mark.parametrize('decay', [-0.01, 1.01, float('nan')])
def test_a_decay_outside_its_range_is_refused(decay: float) -> None:
    online = network()
    with pytest.raises(ValueError, match=r'\[0, 1\]'):
        EMACopy(online).follow(decay)


def test_a_copy_may_be_another_module_with_the_same_parameters() -> None:
    """MoBy's target has no drop path; it starts equal, and nothing enters its keys."""
    online = nn.Sequential(nn.Linear(4, 3), nn.Dropout(0.9))
    copy = EMACopy(online, nn.Sequential(nn.Linear(4, 3), nn.Identity()))
    assert copy.online is online
    rows = torch.randn(5, 4)
    assert torch.equal(copy(rows), online.eval()(rows))
    assert list(copy.state_dict()) == ['module.0.weight', 'module.0.bias']


def test_a_copy_of_the_whole_follows_the_copied_module() -> None:
    """`copy.deepcopy` of a model, as mmengine and tests make them."""
    import copy as copying

    whole = nn.ModuleDict({'online': network()})
    whole['target'] = EMACopy(whole['online'])
    twin = copying.deepcopy(whole)
    assert twin['target'].online is twin['online']
