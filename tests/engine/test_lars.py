"""LARS of SoCo's code against a loop over numbers, and what its sentences imply."""
from __future__ import annotations

import copy
import io

import pytest
import torch
from mmengine.optim import build_optim_wrapper
from torch import nn

from oadp_mm.engine import LARS
from tests.oracles import lars as oracle

SETTINGS = {'momentum': 0.9, 'weight_decay': 0.1, 'trust': 0.01, 'eps': 1e-3}
RATES = [0.5, 2.0, 1.0, 0.1]


def parameters() -> list[nn.Parameter]:
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(shape, dtype=torch.float64))
            for shape in ((3, 4), (4,), (2, 3, 2, 2), ())]


def gradients(params: list[nn.Parameter]) -> list[list[torch.Tensor]]:
    return [[torch.randn_like(p) for p in params] for _ in RATES]


def train(params: list[nn.Parameter], optimizer: LARS, steps: list, rates: list[float]) -> None:
    for step, rate in zip(steps, rates, strict=True):
        optimizer.param_groups[0]['lr'] = rate
        for p, gradient in zip(params, step, strict=True):
            p.grad = gradient.clone()
        optimizer.step()
        for p, gradient in zip(params, step, strict=True):
            assert torch.equal(p.grad, gradient)  # which others may read after the step


def test_every_step_is_that_of_the_loop() -> None:
    """Also where the learning rate changes: it is no part of what was collected."""
    params = parameters()
    start, steps = [p.detach().flatten().tolist() for p in params], gradients(params)
    train(params, LARS(params, lr=1.0, **SETTINGS), steps, RATES)
    for number, p in enumerate(params):
        expected = oracle.train(
            start[number], [step[number].flatten().tolist() for step in steps], RATES,
            momentum=0.9, decay=0.1, trust=0.01, eps=1e-3, plain=p.ndim < 2)
        assert p.detach().flatten().tolist() == pytest.approx(expected, rel=1e-12)


def test_a_step_without_momentum_has_a_share_of_the_parameters_length() -> None:
    """|step| = lr trust |p|, of whatever gradient."""
    for scale in (1e-6, 1.0, 1e6):
        p = nn.Parameter(torch.randn(5, 7, dtype=torch.float64))
        size, before = p.norm().item(), p.detach().clone()
        p.grad = scale * torch.randn_like(p)
        LARS([p], lr=3.0, momentum=0.0, trust=0.001, eps=0.0).step()
        assert (p - before).norm().item() == pytest.approx(3.0 * 0.001 * size, rel=1e-9)


def test_norms_and_biases_take_sgds_steps_without_decay() -> None:
    params = parameters()[1::2]
    twins, steps = copy.deepcopy(params), gradients(params)
    train(params, LARS(params, lr=1.0, **SETTINGS), steps, RATES)
    train(twins, torch.optim.SGD(twins, lr=1.0, momentum=0.9), steps, RATES)
    for ours, theirs in zip(params, twins, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=0)


def test_a_norm_of_0_leaves_the_gradient_as_it_is() -> None:
    """A parameter of zeros would never move, and a gradient of zeros divides by eps or by 0."""
    zeros, still = nn.Parameter(torch.zeros(2, 2)), nn.Parameter(torch.ones(2, 2))
    zeros.grad, still.grad = torch.full((2, 2), 3.0), torch.zeros(2, 2)
    LARS([zeros, still], lr=0.5, eps=0.0).step()
    assert torch.equal(zeros.detach(), torch.full((2, 2), -1.5))
    assert torch.equal(still.detach(), torch.ones(2, 2))


def test_a_parameter_without_a_gradient_stays_and_has_no_state() -> None:
    params = parameters()
    optimizer = LARS(params, lr=1.0)
    before = copy.deepcopy(params)
    optimizer.step()
    params[0].grad = torch.ones_like(params[0])
    optimizer.step()
    assert [torch.equal(a, b) for a, b in zip(params, before, strict=True)] == [
        False, True, True, True]
    assert list(optimizer.state) == [params[0]]


def test_a_resumed_optimizer_goes_on_to_the_last_bit() -> None:
    params, resumed = parameters(), parameters()
    steps = gradients(params)
    train(params, LARS(params, lr=1.0, **SETTINGS), steps, RATES)
    first = LARS(resumed, lr=1.0, **SETTINGS)
    train(resumed, first, steps[:2], RATES[:2])
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = LARS(resumed, lr=9.0)
    second.load_state_dict(torch.load(file, weights_only=True))
    train(resumed, second, steps[2:], RATES[2:])
    assert all(torch.equal(a, b) for a, b in zip(params, resumed, strict=True))


def test_a_config_names_it() -> None:
    model = nn.Linear(2, 3)
    wrapper = build_optim_wrapper(model, {'optimizer': {
        'type': 'oadp_mm.LARS', 'lr': 8.0, 'weight_decay': 1e-5}})
    assert isinstance(wrapper.optimizer, LARS)
    settings, = wrapper.optimizer.param_groups
    assert settings['params'] == list(model.parameters())
    assert {name: settings[name] for name in ('lr', 'momentum', 'weight_decay', 'trust', 'eps')
            } == {'lr': 8.0, 'momentum': 0.9, 'weight_decay': 1e-5, 'trust': 0.001, 'eps': 1e-8}


def test_a_closure_is_called_with_gradients() -> None:
    p = nn.Parameter(torch.ones(2, 2))
    optimizer = LARS([p], lr=1.0)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = p.square().sum()
        loss.backward()
        return loss

    assert optimizer.step(closure) == 4
    assert p[0, 0].item() == pytest.approx(1 - 0.001)  # of length 2, a step of 0.002


def test_norms_are_taken_on_the_device() -> None:
    """On `meta`, whose tensors have no values: asking for one raises."""
    p = nn.Parameter(torch.ones(2, 2, device='meta'))
    p.grad = torch.ones(2, 2, device='meta')
    LARS([p], lr=1.0).step()


@pytest.mark.parametrize(('name', 'value'), [
    ('lr', -1.0), ('momentum', 1.0), ('momentum', -0.1), ('weight_decay', -1e-5), ('trust', -1.0),
    ('eps', -1.0), ('lr', float('nan')), ('lr', float('inf'))])
def test_settings_without_sense_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f'{name} of LARS must be .*got {value}'):
        LARS(parameters(), **{'lr': 1.0, name: value})
