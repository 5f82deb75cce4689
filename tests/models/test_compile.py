"""`cfg.compile`: mmengine compiles the whole training step, and nothing may come out otherwise."""
from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper

from oadp_mm.engine import AfterStepHook
from oadp_mm.models import Pretrainer
from tests.models.forms import ALGORITHMS, batch


def train(model: Pretrainer, step, batches: list[dict]) -> list[dict[str, float]]:
    """What mmengine's runner does with a training step, compiled or not."""
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9))
    runner = SimpleNamespace(model=model, optim_wrapper=wrapper, max_iters=4)
    hook, losses = AfterStepHook(), []
    hook.before_train(runner)
    for runner.iter, data in enumerate(batches):
        losses.append(step(dict(data), wrapper))
    hook.after_train(runner)
    return [{name: loss.item() for name, loss in each.items()} for each in losses]


@pytest.mark.usefixtures('unchecked')  # the checks themselves cannot be traced
@pytest.mark.parametrize('form', ['oadp', 'soco-fpn', 'soco-c4', 'orl-scd'])
def test_a_compiled_step_trains_the_same_network(form: str) -> None:
    """In float64, where another order of summation shows in the last digits alone.

    'eager' runs what was traced without a compiler of C++; the trace is what can be wrong here.
    """
    model = ALGORITHMS[form].make()
    twin = copy.deepcopy(model)
    batches = [{name: value for name, value in batch(ALGORITHMS[form]).items() if name != 'gray'}
               for _ in range(3)]
    for data in batches:
        data['inputs'] = [torch.randint_like(view, 256).byte() for view in data['inputs']]
    expected = train(model, model.train_step, batches)
    losses = train(twin, torch.compile(twin.train_step, backend='eager'), batches)
    for ours, theirs in zip(losses, expected, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-6)  # losses are float32
    state, wanted = twin.state_dict(), model.state_dict()
    assert list(state) == list(wanted)
    for name, value in wanted.items():
        torch.testing.assert_close(state[name], value, rtol=0, atol=1e-7)
