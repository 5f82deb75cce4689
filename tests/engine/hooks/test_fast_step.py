from __future__ import annotations

import copy
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel, MMDistributedDataParallel
from torch import nn

from oadp_mm.engine import Runner, arithmetic
from oadp_mm.engine.hooks import FastStepHook, fast_step
from tests.engine.hooks.test_checkpoint import StopAfter, epochs, saving

#: Sums of some dozens of float32 in another order, a few steps long; bfloat16 has 8 bits.
REORDERED, ROUNDED = 1e-5, 2**-8


class Maps(BaseModel):
    """Two convolutions with a norm, which note how maps lie in memory and what they are made of."""

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.Sequential(
            nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3))
        self.seen = set()

    def forward(self, inputs, mode='loss'):
        maps = self.network(inputs)
        last = maps.is_contiguous(memory_format=torch.channels_last)
        self.seen.add((maps.dtype, 'last' if last else 'first'))
        return {'loss': maps.float().square().mean()}


@pytest.fixture
def images() -> list[dict]:
    generator = torch.Generator().manual_seed(0)
    return [{'inputs': torch.randn(3, 12, 12, generator=generator)} for _ in range(8)]


@pytest.fixture
def start() -> Maps:
    torch.manual_seed(0)
    return Maps()


@pytest.fixture
def train(make_runner, images, start, monkeypatch, tmp_path):
    """Train a copy of the start, with the hook's options or without it; returns the runner."""
    monkeypatch.setattr(fast_step, 'has_bfloat16', lambda device: True)

    number = count()  # a log of its own for each

    def run(folder: str, fast: dict | None, stop: int = 0, **changed):
        hooks = [] if fast is None else [{'type': 'oadp_mm.FastStepHook', **fast}]
        runner = make_runner(
            copy.deepcopy(start), hooks + [StopAfter(stop)] * bool(stop), images, cls=Runner,
            work_dir=str(tmp_path / folder), experiment_name=f'{tmp_path.name}-{next(number)}',
            train_cfg=epochs(4), default_hooks=saving(), loader={'batch_size': 4}, optim_wrapper={
                'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}}, **changed)
        try:
            runner.train()
        except KeyboardInterrupt:
            assert stop
        return runner

    return run


def weights(runner) -> dict[str, torch.Tensor]:
    return runner.model.state_dict()


def saved(runner) -> dict:
    return torch.load(Path(runner.work_dir) / 'epoch_4.pth', weights_only=False)


def log(runner) -> str:
    return Path(runner.log_dir, f'{runner.timestamp}.log').read_text()


def farthest(one: dict, other: dict) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


@pytest.mark.parametrize(('fast', 'seen', 'tolerance'), [
    (None, (torch.float32, 'first'), 0.0),
    ({}, (torch.float32, 'last'), REORDERED),
    ({'bfloat16': True}, (torch.bfloat16, 'last'), ROUNDED),
    ({'channels_last': False, 'bfloat16': True}, (torch.bfloat16, 'first'), ROUNDED)])
def test_steps_are_those_of_the_plain_run(train, fast, seen, tolerance):
    plain, other = train('plain', None), train('other', fast)
    assert other.model.seen == {seen}
    difference = farthest(weights(plain), weights(other))
    assert tolerance / 2**8 < difference <= tolerance or difference == tolerance == 0
    assert all(weight.dtype != torch.bfloat16 for weight in weights(other).values())


def test_after_the_training_the_model_computes_in_float32_again(train, images):
    model = train('bf16', {'bfloat16': True}).model
    model.seen.clear()
    model(images[0]['inputs'][None])
    assert {kind for kind, _ in model.seen} == {torch.float32}


def test_checkpoints_lie_in_memory_as_without(train):
    content, plain = saved(train('fast', {})), saved(train('plain', None))
    assert content['state_dict']._metadata == plain['state_dict']._metadata
    moments = [slot['momentum_buffer'] for slot in content['optimizer']['state'].values()]
    for each in (*content['state_dict'].values(), *moments):
        assert each.is_contiguous()
    assert content['meta']['arithmetic'] == 'float32, channels last'


@pytest.mark.parametrize('before', [None, {}, {'bfloat16': True}])
@pytest.mark.parametrize('now', [None, {}, {'bfloat16': True}])
def test_a_resumed_run_is_bit_equal_or_says_that_it_is_not(train, before, now):
    whole = train('whole', before)
    train('resumed', before, stop=2)
    resumed = train('resumed', now, resume=True)
    assert ('does not end bit by bit' in log(resumed)) == (before != now)
    if before == now:
        assert farthest(weights(whole), weights(resumed)) == 0
        first, second = (saved(each)['optimizer']['state'] for each in (whole, resumed))
        assert all(torch.equal(first[i]['momentum_buffer'], second[i]['momentum_buffer'])
                   for i in first)
    else:
        assert farthest(weights(whole), weights(resumed)) <= ROUNDED


def test_a_checkpoint_of_before_counts_as_plain(train):
    runner = train('old', None, stop=2)
    path = Path(runner.work_dir) / 'epoch_2.pth'
    content = torch.load(path, weights_only=False)
    del content['meta']['arithmetic']
    torch.save(content, path)
    assert ('the steps before were computed in float32, those that follow are in float32, '
            'channels last: the run does not end') in log(train('old', {}, resume=True))


def test_a_processor_without_is_told_before_the_first_step(train, monkeypatch):
    monkeypatch.setattr(fast_step, 'has_bfloat16', lambda device: False)
    with pytest.raises(ValueError, match='the cpu of this machine does not multiply bfloat16 its'):
        train('refused', {'bfloat16': True})
    train('fine', {})


@pytest.mark.parametrize(('flags', 'has'), [
    ('flags : sse avx2 avx512_bf16 vaes', True), ('flags : sse amx_bf16', True),
    ('Features : fp asimd bf16 i8mm', True), ('flags : sse avx2 avx512f', False),
    ('model name : bf16x', False)])
def test_what_a_processor_says_of_itself(tmp_path, monkeypatch, flags, has):
    told = tmp_path / 'cpuinfo'
    told.write_text(f'processor : 0\n{flags}\n')
    monkeypatch.setattr(arithmetic, '_CPU', told)
    assert arithmetic.has_bfloat16('cpu') is has
    monkeypatch.setattr(arithmetic, '_CPU', tmp_path / 'none')
    assert not arithmetic.has_bfloat16('cpu')


@pytest.fixture
def alone():
    """One process, as torch counts several."""
    torch.distributed.init_process_group('gloo', store=torch.distributed.HashStore(), rank=0,
                                         world_size=1)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.usefixtures('alone')
def test_gradients_of_a_wrapped_model_are_those_of_a_plain_one(start, images):
    """torch's wrapper is built when the channels are last already: else its first are mixed up."""
    inputs = torch.stack([image['inputs'] for image in images])
    start(inputs)['loss'].backward()
    host = SimpleNamespace(distributed=True, cfg=Config(dict(custom_hooks=[
        dict(type='oadp_mm.FastStepHook')])))
    model = copy.deepcopy(start)
    model.zero_grad(set_to_none=True)
    wrapped = Runner.wrap_model(host, None, model)
    runner = SimpleNamespace(model=wrapped, optim_wrapper=SimpleNamespace(
        optimizer=torch.optim.SGD(model.parameters(), lr=0.1)))
    FastStepHook().before_train(runner)
    wrapped(inputs=inputs)['loss'].backward()
    for mine, plain in zip(model.parameters(), start.parameters(), strict=True):
        assert torch.allclose(mine.grad, plain.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures('alone')
def test_a_model_that_was_wrapped_before_is_refused(start):
    runner = SimpleNamespace(model=MMDistributedDataParallel(start))
    with pytest.raises(ValueError, match=r"runner_type='oadp_mm.Runner'"):
        FastStepHook().before_train(runner)
