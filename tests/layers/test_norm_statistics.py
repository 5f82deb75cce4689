from __future__ import annotations

import contextlib
import copy

import numpy as np
import pytest
import torch
from torch import nn

from oadp_mm.layers.norm_statistics import (
    estimate_norm_statistics,
    leaving_no_trace,
    measuring_statistics,
)


def _network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5),
                         nn.Conv2d(4, 5, 1), nn.BatchNorm2d(5))


def _mix(conv: nn.Conv2d, rows: np.ndarray) -> np.ndarray:
    """A 1x1 convolution of pixels, one a row."""
    weight, bias = conv.weight.detach().double().numpy(), conv.bias.detach().double().numpy()
    return rows @ weight[:, :, 0, 0].T + bias


def _expected(network: nn.Sequential, batches: list[torch.Tensor]) -> list[np.ndarray]:
    """Mean and variance of both norms' inputs by numpy: all pixels of all batches together, the
    second layer behind a first that was normalised by each batch's own."""
    first, second = [], []
    for batch in batches:
        rows = _mix(network[0], batch.double().permute(0, 2, 3, 1).reshape(-1, 3).numpy())
        first.append(rows)
        scale, shift = (tensor.detach().double().numpy()
                        for tensor in (network[1].weight, network[1].bias))
        normed = (rows - rows.mean(0)) / np.sqrt(rows.var(0) + network[1].eps) * scale + shift
        second.append(_mix(network[4], np.maximum(normed, 0)))
    return [f(np.concatenate(rows)) for rows in (first, second)
            for f in (lambda x: x.mean(0), lambda x: x.var(0, ddof=1))]


@pytest.mark.parametrize('sizes', [(6,), (4, 4), (5, 1, 3)])
def test_statistics_are_those_of_all_values_together(sizes):
    """Unequal batches too: each value counts once, whichever batch it came in."""
    network = _network()
    nn.init.uniform_(network[1].weight)
    # Batches of other means: the variance between them is half of it all.
    batches = [torch.randn(size, 3, 2, 3) + 2 * i for i, size in enumerate(sizes)]
    expected = _expected(network, batches)
    estimate_norm_statistics(network, batches)
    found = [getattr(network[place], name) for place in (1, 5)
             for name in ('running_mean', 'running_var')]
    for ours, theirs in zip(found, expected, strict=True):
        assert np.allclose(ours.numpy(), theirs, rtol=1e-5, atol=1e-5)


def test_one_batch_normalised_in_evaluation_is_as_in_training():
    """The whole point: with the images' own statistics each channel has deviation 1."""
    network = _network()
    images = 0.01 * torch.randn(8, 3, 4, 4) + 5
    before = network.eval()(images).std((0, 2, 3))
    estimate_norm_statistics(network, [images])
    assert before.max() < 0.1
    assert network(images).std((0, 2, 3)).tolist() == pytest.approx([1] * 5, abs=0.02)


def test_nothing_else_changes():
    network = _network()
    network[1].num_batches_tracked.fill_(7)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    estimate_norm_statistics(network, [torch.randn(4, 3, 2, 2)])
    changed = [key for key, value in network.state_dict().items()
               if not torch.equal(value, before[key])]
    assert changed == ['1.running_mean', '1.running_var', '5.running_mean', '5.running_var']
    assert not any(module.training for module in network.modules())
    assert all(norm.track_running_stats for norm in (network[1], network[5]))
    assert not any(module._forward_pre_hooks for module in network.modules())


def test_norms_that_do_not_train_or_see_nothing_keep_theirs():
    """Frozen ones, and a mask head's on batches without an object; empty batches weigh nothing."""
    network = nn.ModuleDict({name: nn.BatchNorm1d(2) for name in ('seen', 'frozen', 'empty')})
    network['frozen'].eval()
    rows = torch.tensor([[1.0, -4.0], [5.0, 0.0]])
    with measuring_statistics(network) as measured:
        for norm in network.values():
            norm(rows if norm is not network['empty'] else rows[:0])
        network['seen'](rows[:0])
        assert measured == []
    assert measured == [network['seen']]
    assert network['seen'].running_mean.tolist() == [3, -2]
    assert network['seen'].running_var.tolist() == [8, 8]  # (2^2 + 2^2) / (2 - 1)
    for name in ('frozen', 'empty'):
        assert network[name].running_mean.tolist() == [0, 0]
        assert network[name].running_var.tolist() == [1, 1]
    assert [norm.training for norm in network.values()] == [True, False, True]
    assert all(norm.track_running_stats for norm in network.values())


@pytest.mark.parametrize(('network', 'batches', 'message'), [
    (nn.Sequential(nn.Conv2d(3, 2, 1), nn.GroupNorm(1, 2)), [torch.ones(2, 3, 2, 2)],
     'Sequential has no batch norm'),
    (_network(), [], 'give at least one batch'),
    (_network(), [torch.ones(1, 3, 1, 1)], 'only 1 value a channel'),
])
def test_where_there_is_nothing_to_measure_it_says_so(network, batches, message):
    with pytest.raises(ValueError, match=message):
        estimate_norm_statistics(network, batches)


@pytest.mark.parametrize('fails', [False, True])
def test_a_look_leaves_no_trace(fails):
    """The first norm trains and takes its batch's statistics, the second is frozen."""
    network = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2), nn.Dropout(), nn.Dropout().eval())
    network[1].eval().running_mean.fill_(3)
    rows = torch.randn(6, 2) * 5 + 1
    before, generator = copy.deepcopy(network.state_dict()), torch.get_rng_state()
    with contextlib.suppress(RuntimeError), leaving_no_trace(network):
        seen = network(rows)
        torch.rand(1)
        if fails:
            raise RuntimeError
    normal = (rows - rows.mean(0)) / (rows.var(0, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(seen, (normal - 3) / (1 + 1e-5) ** .5)
    assert all(torch.equal(value, before[key]) for key, value in network.state_dict().items())
    assert [each.training for each in network.modules()] == [True, True, False, True, False]
    assert all(each.track_running_stats for each in network[:2])
    assert torch.equal(generator, torch.get_rng_state())
