"""What RegionCL and SCD do to their state, in mixed precision, and to a GPU's queue of work."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unittest.mock import MagicMock

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from oadp_mm.models import ContrastiveHead, Pretrainer
from oadp_mm.models.view_pairs import BOTH_WAYS
from tests.models.test_no_host_sync import OneDevice
from tests.models.test_pretrainer import state
from tests.models.tiny import SIDE, total
from tests.models.tiny_pairs import BYOL, FORMS, MOCO, pairs, regioncl, scd

MODELS: dict[str, Callable[..., Pretrainer]] = {
    **{f'regioncl-{form}': partial(regioncl, form) for form in FORMS},
    'scd-moco': partial(scd, MOCO), 'scd-byol': partial(scd, BYOL),
    'scd-byol-2x': partial(scd, BYOL, pairs=BOTH_WAYS),
}
EVERY = pytest.mark.parametrize('make', MODELS.values(), ids=MODELS.keys())


def losses_of(model: Pretrainer, inputs: list[Tensor]) -> dict[str, float]:
    torch.manual_seed(1)  # of the regions
    return {name: loss.item() for name, loss in model.loss(inputs).items()}


@EVERY
def test_the_loss_is_a_function_of_the_weights_and_changes_none(make: Callable) -> None:
    model, inputs = make(), pairs()
    before, given = state(model), [view.clone() for view in inputs]
    assert losses_of(model, inputs) == losses_of(model, inputs)
    assert all(torch.equal(value, before[name]) for name, value in state(model).items())
    assert all(torch.equal(view, copy) for view, copy in zip(inputs, given, strict=True))


@EVERY
def test_a_step_moves_every_copy_and_queue_and_nothing_else(make: Callable) -> None:
    model = make()
    model(pairs(), mode='loss')
    before = state(model)
    copies = [(o, t) for copy in model.copies()
              for o, t in zip(copy.online.parameters(), copy.parameters(), strict=True)]
    assert len(copies) == sum('target' in name for name, _ in model.named_parameters())
    behind, old = [not torch.equal(o, t) for o, t in copies], [t.clone() for _, t in copies]
    assert any(behind) == (model.ema_decay is not None)
    model.after_step(0.0)
    assert [not torch.equal(t, was) for (_, t), was in zip(copies, old, strict=True)] == behind
    moved = {name for name, value in state(model).items() if not torch.equal(value, before[name])}
    assert moved >= {name for name in before if '.queues.' in name}
    assert all('target' in name or '.queues.' in name for name in moved)


@pytest.mark.parametrize('name', ['regioncl-moco', 'regioncl-densecl', 'regioncl-moby', 'scd-moco'])
def test_queues_take_the_keys_of_whole_views(name: str) -> None:
    """Of two losses before one step, in their order: pastes and canvases are no keys."""
    model, batches = MODELS[name](), [pairs(), [view.flip(3) for view in pairs()]]
    with torch.no_grad():
        keys = [[model.encode_target(view, model.describe) for view in inputs]
                for inputs in batches]
    for inputs in batches:
        model(inputs, mode='loss')
    model.after_step(0.0)

    def assert_holds(head: ContrastiveHead, view: int, rows: list[Tensor]) -> None:
        expected = F.normalize(torch.cat(rows), dim=1)
        queue = head.queues.queue(view)
        torch.testing.assert_close(queue.rows[:8], expected, rtol=0, atol=1e-12)
        assert queue.pointer.item() == 8

    for view in range(2) if name == 'regioncl-moby' else (1,):
        assert_holds(model.head, view, [both[view]['head'] for both in keys])
    if name == 'regioncl-densecl':
        assert_holds(model.dense_head, 1, [both[1]['dense_head'][0].mean(1) for both in keys])


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16], ids=str)
@EVERY
def test_mixed_precision_stays_finite(make: Callable, dtype: torch.dtype) -> None:
    model, inputs = make().float(), [view.float() for view in pairs()]
    seen = set()
    model.head.projector.register_forward_hook(lambda _m, _i, out: seen.add(out.dtype))
    for step in range(2):
        model.zero_grad()
        with torch.autocast('cpu', dtype):
            losses = model.loss(inputs)
        total(losses).backward()
        for each in (*losses.values(), *(p.grad for p in model.parameters() if p.requires_grad)):
            assert each.dtype == torch.float32
            assert each.isfinite().all()
        model.after_step(step / 2)
    assert seen == {dtype}  # or nothing was mixed


@pytest.mark.parametrize('name', [name for name in MODELS if not name.endswith('vit')])
def test_a_step_asks_the_device_nothing(name: str, monkeypatch) -> None:
    """On `meta`, whose tensors have no values: see test_no_host_sync."""
    monkeypatch.setattr(torch, 'autocast', MagicMock())  # it knows no meta
    model = MODELS[name]().float().to('meta')
    inputs = [torch.zeros(4, 3, SIDE, SIDE, device='meta') for _ in range(2)]
    with OneDevice() as mode:
        total(model.loss(inputs)).backward()
        model.after_step(0.5)
    assert torch.ops.aten.convolution_backward in mode.seen
