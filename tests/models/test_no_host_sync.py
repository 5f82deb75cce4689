"""A training step asks the device for no value, so the host stays ahead of a GPU's queue.

Proved on the device `meta`, whose tensors have shapes and no values: what needs a value (`item`,
a boolean mask, a copy to the host) raises there. The rest runs as on a GPU without Triton.
"""
from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from oadp_mm.engine import AfterStepHook
from oadp_mm.models import OADP
from tests.models.tiny import SIDE, settings

COPIES = (torch.ops.aten._to_copy, torch.ops.aten.copy_)


class OneDevice(TorchDispatchMode):
    """Refuses operations across devices, for which a GPU's queue waits; notes the others.

    A number from the host, a tensor without dimensions, is waited for only where it is copied.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        devices = {each.device for each in tree_leaves((args, kwargs, out))
                   if isinstance(each, torch.Tensor)
                   and (each.ndim or func.overloadpacket in COPIES)}
        assert len(devices) < 2, f'{func} across {devices}'
        self.seen.add(func.overloadpacket)
        return out


@pytest.mark.parametrize('ask', [
    lambda x: x.sum().item(), lambda x: bool((x > 0).all()), lambda x: x[x > 0],
    lambda x: x.bincount(), lambda x: x.cpu(), lambda x: x.copy_(torch.ones(3)),
    lambda x: torch.ones(3).to(x.device), lambda x: torch.tensor(1.0).to(x.device),
    lambda x: x[torch.tensor([0, 1])],
])
def test_a_question_is_noticed(ask) -> None:
    """The control: each of these makes a GPU's host wait."""
    x = torch.ones(3, device='meta')
    with pytest.raises((RuntimeError, NotImplementedError, AssertionError)), OneDevice():
        ask(x)


@pytest.mark.parametrize('changes', [
    {},
    {'selector': {'matching': 'cosine'}},
    {'layers': ('layer1', 'layer2', 'layer3', 'layer4'), 'gl_mode': 'mean',
     'global_feature': 'gf', 'head': {'loss': 'mse'}},
], ids=str)
def test_a_step_asks_nothing(changes: dict, monkeypatch) -> None:
    """Data preprocessor, losses, backward, SGD and the targets' step."""
    monkeypatch.setattr(torch, 'autocast', MagicMock())  # it knows no meta
    model = OADP(**settings(**changes)).to('meta').train()
    step(model)  # tables of constants reach the device once
    with OneDevice() as mode:
        step(model)
    aten = torch.ops.aten
    assert {aten.sort, aten.convolution_backward, aten._foreach_lerp_} <= mode.seen


def step(model: OADP) -> None:
    """An iteration of mmengine's runner, with the hook that moves the targets."""
    wrapper = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9))
    runner = SimpleNamespace(model=model, optim_wrapper=wrapper, iter=0, max_iters=10)
    hook = AfterStepHook()
    hook.before_train(runner)
    views = [torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8, device='meta') for _ in range(2)]
    model.train_step({'inputs': views}, wrapper)
    hook.after_train(runner)
