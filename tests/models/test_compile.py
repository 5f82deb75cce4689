"""`cfg.compile`: mmengine compiles the whole training step, and nothing may come out otherwise."""
from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch import Tensor

from oadp_mm.engine import AfterStepHook
from oadp_mm.models import OADP
from tests.models.forms import ALGORITHMS
from tests.models.tiny import SIDE


def train(model: OADP, step, batches: list[list[Tensor]]) -> list[dict[str, float]]:
    """What mmengine's runner does with a training step, compiled or not."""
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9))
    runner = SimpleNamespace(model=model, optim_wrapper=wrapper, max_iters=4)
    hook, losses = AfterStepHook(), []
    hook.before_train(runner)
    for runner.iter, views in enumerate(batches):
        losses.append(step({'inputs': views}, wrapper))
    hook.after_train(runner)
    return [{name: loss.item() for name, loss in each.items()} for each in losses]


@pytest.mark.usefixtures('unchecked')  # the checks themselves cannot be traced
def test_a_compiled_step_trains_the_same_network() -> None:
    """In float64, where another order of summation shows in the last digits alone.

    'eager' runs what was traced without a compiler of C++; the trace is what can be wrong here.
    """
    model = ALGORITHMS['oadp'].make()
    twin = copy.deepcopy(model)
    batches = [list(pair) for pair in
               torch.randint(0, 256, (3, 2, 2, 3, SIDE, SIDE), dtype=torch.uint8)]
    expected = train(model, model.train_step, batches)
    losses = train(twin, torch.compile(twin.train_step, backend='eager'), batches)
    for ours, theirs in zip(losses, expected, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-6)  # losses are float32
    state, wanted = twin.state_dict(), model.state_dict()
    assert list(state) == list(wanted)
    for name, value in wanted.items():
        torch.testing.assert_close(state[name], value, rtol=0, atol=1e-7)
