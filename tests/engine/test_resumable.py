from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from oadp_mm.engine import Runner
from oadp_mm.files.checkpoint import CheckpointError


@pytest.fixture
def train(line, make_runner):
    def run(**changed) -> Runner:
        runner = make_runner(line, [], cls=Runner, **{
            'train_cfg': {'by_epoch': True, 'max_epochs': 2},
            'optim_wrapper': {'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}},
            'param_scheduler': [{'type': 'LinearLR', 'start_factor': 0.5, 'by_epoch': False}],
            'default_hooks': {'checkpoint': {'type': 'oadp_mm.CheckpointHook', 'interval': 1}},
            **changed})
        lines: list[str] = []
        handler = logging.Handler(level=logging.WARNING)
        handler.emit = lambda record: lines.append(record.getMessage())
        runner.logger.addHandler(handler)
        runner.train()
        runner.said = lines
        return runner

    return run


def drop(content: dict, *keys: str) -> None:
    for key in keys[:-1]:
        content = content[key]
    del content[keys[-1]]


FAULTS = {
    'its optimizer': (lambda it: drop(it, 'optimizer'), 'lacks optimizer'),
    'its log': (lambda it: it.update(message_hub=None), 'lacks message_hub'),
    'its schedule': (lambda it: drop(it, 'param_schedulers'), 'lacks param_schedulers'),
    'all but weights': (lambda it: [it.pop(key) for key in list(it) if key != 'state_dict'],
                        r'lacks optimizer, message_hub, meta, param_schedulers, meta\.epoch'),
    'a weight': (lambda it: it.update(state_dict={'target': torch.ones(1)}),
                 r'another network \(it lacks weight\.weight, and has target'),
    'one more': (lambda it: it['state_dict'].update(other=torch.ones(1)), 'has other beside'),
    'another shape': (lambda it: it['state_dict'].update({'weight.weight': torch.ones(2, 2)}),
                      'another network .*size mismatch'),
    'other parameters': (lambda it: it['optimizer']['param_groups'][0]['params'].append(1),
                         'an optimizer of other parameters'),
}


@pytest.mark.parametrize('fault', FAULTS)
def test_a_run_goes_on_from_its_own_checkpoint_alone(train, fault):
    spoil, sentence = FAULTS[fault]
    path = Path(train().work_dir) / 'epoch_2.pth'
    content = torch.load(path, weights_only=False)
    spoil(content)
    torch.save(content, path)
    with pytest.raises(CheckpointError, match=rf'epoch_2\.pth .*{sentence}.*load_from=') as caught:
        train(resume=True)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize(('value', 'sentence'), [
    (torch.ones(1, 1, dtype=torch.int8), r'holds weight\.weight \(int8\)'),
    (torch.ones(1, 1).to_sparse(), r'holds weight\.weight \(sparse\)'),
    (torch.full((1, 1), torch.nan), r'holds NaN or infinite values in 1 .*\(weight\.weight\)')])
def test_a_run_does_not_go_on_with_other_weights(train, value, sentence):
    path = Path(train().work_dir) / 'epoch_2.pth'
    content = torch.load(path, weights_only=False)
    content['state_dict']['weight.weight'] = value
    torch.save(content, path)
    with pytest.raises(CheckpointError, match=rf'epoch_2\.pth {sentence}'):
        train(resume=True)


def test_its_learning_rate_is_kept_and_another_is_named(train):
    train(train_cfg={'by_epoch': True, 'max_epochs': 2})
    optim = {'optimizer': {'type': 'SGD', 'lr': 0.3, 'momentum': 0.9}}
    Path(train().work_dir, 'epoch_2.pth').unlink()
    said = train(resume=True, optim_wrapper=optim).said
    assert [line for line in said if 'its checkpoint (0.1), not with that of the config (0.3)' in
            line]
    Path(train().work_dir, 'epoch_2.pth').unlink()
    assert not [line for line in train(resume=True).said if 'goes on with' in line]
