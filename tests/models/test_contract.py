"""What every algorithm promises: of its loss and a step, of gradients, precision and the device."""
from __future__ import annotations

import copy
import math
from collections import Counter
from unittest.mock import MagicMock

import numpy as np
import pytest
import torch
from torch import Tensor

from oadp_mm.models import Pretrainer
from tests.models.forms import ALGORITHMS, Form, batch, changed
from tests.models.test_bad_input import refused
from tests.models.test_no_host_sync import OneDevice
from tests.models.tiny import SIDE, total
from tests.oracles.network import moving_average

EVERY = pytest.mark.parametrize('form', ALGORITHMS.values(), ids=ALGORITHMS)


def state(model: Pretrainer) -> dict[str, Tensor]:
    """All that matters: weights, online and target, and buffers but for running statistics and the
    keys that wait for the end of the step.
    """
    return {name: tensor.clone() for name, tensor in model.state_dict().items()
            if not name.endswith(('running_mean', 'running_var', 'num_batches_tracked', 'waiting0',
                                  'waiting1'))}


def losses_of(model: Pretrainer, data: dict) -> dict[str, float]:
    torch.manual_seed(1)  # of RegionCL's regions
    return {name: loss.item() for name, loss in model.loss(**data).items()}


def copied(model: Pretrainer) -> list[tuple[Tensor, Tensor]]:
    """Each trained parameter that a copy follows, and what follows it."""
    return [both for one in model.copies()
            for both in zip(one.online.parameters(), one.parameters(), strict=True)]


@EVERY
def test_the_loss_is_a_function_of_the_weights_and_changes_none(form: Form) -> None:
    model, data = form.make(), batch(form)
    before, given = state(model), copy.deepcopy(data)
    first = losses_of(model, data)
    assert losses_of(model, data) == first
    torch.manual_seed(1)
    in_training = model(**data, mode='loss')
    assert {name: loss.item() for name, loss in in_training.items()} == first
    assert losses_of(model, data) == first  # what waits to be remembered counts after the step
    for name, tensor in state(model).items():
        assert torch.equal(tensor, before[name]), name
    for name, views in data.items():
        assert all(torch.equal(a, b) for a, b in zip(views, given[name], strict=True)), name


@EVERY
def test_what_else_a_batch_holds_is_ignored(form: Form) -> None:
    """A data set may return more than an algorithm takes, such as the numbers of its images."""
    model, data = form.make(), batch(form)
    more = {'sample_idx': torch.arange(4)}
    assert losses_of(model, data | more) == losses_of(model, data)


@EVERY
def test_each_view_passes_each_network_once(form: Form) -> None:
    model, data = form.make(), batch(form)
    seen: Counter = Counter()

    def count(network: str):
        def hook(_module, args) -> None:
            for number, view in enumerate(data['inputs']):
                seen[network, number] += args[0] is view
        return hook

    model.backbone.register_forward_pre_hook(count('online'))
    if model.target is not None:
        model.target.register_forward_pre_hook(count('target'))
    model.loss(**data)
    online, target = ({pair[side] for pair in model.pairs} for side in (0, 1))
    expected = Counter({('online', view): 1 for view in online})
    # Without a copy the online network is the target, and what it made of a view is used again.
    name = 'online' if model.target is None else 'target'
    expected.update({(name, view): 1 for view in target if (name, view) not in expected})
    assert +seen == expected


@EVERY
def test_a_step_moves_every_copy_and_queue_and_nothing_else(form: Form) -> None:
    model = form.make()
    model(**batch(form), mode='loss')
    before, both = state(model), copied(model)
    assert len(both) == sum('target' in name for name, _ in model.named_parameters())
    behind, old = [not torch.equal(o, t) for o, t in both], [t.clone() for _, t in both]
    assert any(behind) == (model.ema_decay is not None)
    model.after_step(0.0)
    assert [not torch.equal(t, was) for (_, t), was in zip(both, old, strict=True)] == behind
    moved = {name for name, value in state(model).items() if not torch.equal(value, before[name])}
    assert moved >= {name for name in before if '.queues.' in name}
    assert all('target' in name or '.queues.' in name for name in moved)


@EVERY
def test_training_moves_no_target_before_after_step(form: Form) -> None:
    model = form.make()
    targets = {name: tensor for name, tensor in state(model).items() if 'target' in name}
    online = [parameter.clone() for parameter in model.backbone.parameters()]
    optimizer = torch.optim.SGD((p for p in model.parameters() if p.requires_grad), lr=0.1)
    total(model(**batch(form), mode='loss')).backward()
    optimizer.step()
    after = state(model)
    assert all(torch.equal(after[name], tensor) for name, tensor in targets.items())
    assert not all(map(torch.equal, online, model.backbone.parameters()))


@EVERY
@pytest.mark.parametrize('progress', [0.0, 0.3, 1.0])
def test_after_step_is_the_recursion_with_a_cosine_decay(form: Form, progress: float) -> None:
    """The decay goes from its first value to its last along a cosine."""
    model = form.make()
    if model.ema_decay is None:
        assert not model.copies()
        return
    last = model.final_ema_decay
    decay = last - (last - model.ema_decay) * (math.cos(math.pi * progress) + 1) / 2
    expected = [moving_average(t.numpy(), o.detach().numpy(), decay) for o, t in copied(model)]
    online = [o.clone() for o, _ in copied(model)]
    model.after_step(progress)
    for (o, t), wanted, was in zip(copied(model), expected, online, strict=True):
        np.testing.assert_allclose(t.numpy(), wanted, rtol=1e-12, atol=1e-12)
        assert torch.equal(o, was)


@EVERY
def test_targets_start_as_the_initialised_online_weights(form: Form) -> None:
    model = form.make()
    model.init_weights()  # a second call re-initialises nothing, but the targets start again
    assert all(torch.equal(o, t) for o, t in copied(model))


@EVERY
def test_every_trained_weight_gets_a_gradient_and_no_target_does(form: Form) -> None:
    """DistributedDataParallel stops at the first trained weight without one."""
    model = form.make()
    total(model.loss(**batch(form))).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == parameter.requires_grad, name
        # MoCo v3 keeps a ViT's patch embedding as it was initialised.
        fixed = 'target' in name or name.startswith(('backbone.patch_embed.', 'backbone.pos_embed'))
        assert parameter.requires_grad != fixed, name


@EVERY
def test_the_gradient_stops_at_the_target(form: Form) -> None:
    """One direction only: the views that the target sees are constants, the other is not."""
    forth = tuple((a, b) for a, b in form.make().pairs if a == 0)
    model, data = form.make(pairs=forth), batch(form)
    for view in data['inputs']:
        view.requires_grad_()
    total(model.loss(**data)).backward()
    assert data['inputs'][0].grad.abs().max() > 0
    assert all(view.grad is None for view in data['inputs'][1:])


@EVERY
def test_a_saved_model_goes_on_where_it_stopped(form: Form) -> None:
    model, data = form.make(), batch(form)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.01 * torch.randn_like(parameter))
    fresh = form.make()
    fresh.load_state_dict(model.state_dict())
    assert losses_of(fresh, data) == losses_of(model, data)


@EVERY
def test_a_batch_of_one_is_refused(form: Form) -> None:
    data = changed(batch(form), lambda each: each[:1])
    with refused('batch of 1', 'add images', '--cfg-options train_dataloader.batch_size=2'):
        form.make().loss(**data)


@EVERY
def test_training_without_the_hook_that_moves_the_target_is_refused(form: Form) -> None:
    model = form.make()
    with refused('AfterStepHook', 'custom_hooks', by=RuntimeError):
        model.parse_losses(model(**batch(form), mode='loss'))


@pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16], ids=str)
@EVERY
def test_mixed_precision_stays_finite(form: Form, dtype: torch.dtype) -> None:
    model = form.make().float()
    data = batch(form) | {'inputs': [view.float() for view in batch(form)['inputs']]}
    seen = set()
    for head in model.objectives().values():
        head.projector.register_forward_hook(lambda _m, _i, out: seen.add(out.dtype))
    for step in range(2):
        model.zero_grad()
        with torch.autocast('cpu', dtype):
            losses = model(**data, mode='loss')
        total(losses).backward()
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        for each in (*losses.values(), *gradients):
            assert each.dtype == torch.float32
            assert each.isfinite().all()
        model.after_step(step / 2)
    assert seen == {dtype}  # or nothing was mixed


@pytest.mark.parametrize('form', [form for name, form in ALGORITHMS.items()
                                  if not name.endswith('vit')],
                         ids=[name for name in ALGORITHMS if not name.endswith('vit')])
def test_a_step_asks_the_device_nothing(form: Form, monkeypatch) -> None:
    """On `meta`, whose tensors have no values: see test_no_host_sync."""
    monkeypatch.setattr(torch, 'autocast', MagicMock())  # it knows no meta
    model = form.make().float().to('meta')
    data = changed(batch(form), lambda each: each.to(
        'meta', torch.float32 if each.is_floating_point() else None))
    model.loss(**data)  # tables of constants reach the device once
    with OneDevice() as mode:
        total(model(**data, mode='loss')).backward()
        model.after_step(0.5)
    assert torch.ops.aten.convolution_backward in mode.seen
    assert data['inputs'][0].shape == (4, 3, SIDE, SIDE)
