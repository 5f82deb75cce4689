from __future__ import annotations

import pytest
import torch
from mmengine.model import BaseModel, BaseModule, is_model_wrapper
from mmengine.registry import MODEL_WRAPPERS
from mmengine.runner import Runner
from torch import nn

from oadp_mm.engine.hooks import HandoffCheckHook
from oadp_mm.files.checkpoint import CheckpointError


class Backbone(BaseModule):
    def __init__(self, init_cfg=None, child_init=None) -> None:
        super().__init__(init_cfg)
        self.stem = nn.Conv2d(3, 2, 1)
        self.block = Block(child_init)


class Block(BaseModule):
    def __init__(self, init_cfg=None) -> None:
        super().__init__(init_cfg)
        self.conv = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        return self.conv(x)


class Model(BaseModel):
    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone
        self.steps = 0

    def forward(self, inputs, data_samples=None, mode='tensor'):
        self.steps += 1
        features = self.backbone.block(self.backbone.stem(torch.stack(inputs)))
        return {'loss': features.square().mean()}


@pytest.fixture
def source(tmp_path):
    """A pretraining checkpoint of `Backbone`."""
    path = tmp_path / 'source.pth'
    torch.save({'state_dict': {f'backbone.{key}': value
                               for key, value in Backbone().state_dict().items()}}, path)
    return path


def _run(tmp_path, model: nn.Module, epochs: int = 1, hook: HandoffCheckHook | None = None,
         **settings) -> str:
    """Train and give the log back."""
    data = [{'inputs': torch.ones(3, 2, 2)}]
    runner = Runner(
        model, str(tmp_path / 'run'), default_scope='mmengine',
        train_dataloader={'dataset': data, 'batch_size': 1, 'num_workers': 0,
                          'sampler': {'type': 'DefaultSampler', 'shuffle': False},
                          'collate_fn': {'type': 'pseudo_collate'}},
        train_cfg={'by_epoch': True, 'max_epochs': epochs},
        optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.1}},
        custom_hooks=[hook or {'type': 'oadp_mm.HandoffCheckHook'}],
        experiment_name=tmp_path.name + str(epochs) + str(len(settings)), **settings)
    runner.train()
    logs = (tmp_path / 'run').rglob('*.log')
    return max(logs, key=lambda log: log.stat().st_mtime_ns).read_text()


def _init(source) -> dict[str, str]:
    return {'type': 'oadp_mm.CheckedPretrained', 'checkpoint': str(source)}


def test_a_faithful_model_passes_and_the_log_says_so(tmp_path, source):
    log = _run(tmp_path, Model(Backbone(_init(source))))
    assert f'hand-off checked: backbone 4/4 tensors equal {source}' in log
    assert log.index('loaded 4/4 tensors') < log.index('hand-off checked')


def test_a_child_that_overwrites_what_was_loaded_stops_the_run_before_its_first_step(
        tmp_path, source):
    model = Model(Backbone(_init(source), child_init={'type': 'Constant', 'layer': 'Conv2d',
                                                      'val': 0.5}))
    with pytest.raises(CheckpointError, match=r'2 of 4 tensors of backbone were overwritten .*: '
                                              r'block\.conv\.weight, block\.conv\.bias; remove'):
        _run(tmp_path, model)
    assert model.steps == 0


def test_a_model_that_loaded_nothing_stops_unless_that_is_meant(tmp_path):
    model = Model(Backbone())
    with pytest.raises(CheckpointError, match=r'set model\.backbone\.init_cfg=.* required=False'):
        _run(tmp_path, model)
    assert model.steps == 0
    _run(tmp_path, model, hook=HandoffCheckHook(required=False))
    assert model.steps == 1


def test_a_resumed_run_is_trained_on_and_not_compared(tmp_path, source):
    _run(tmp_path, Model(Backbone(_init(source))))
    model = Model(Backbone(_init(source)))
    log = _run(tmp_path, model, epochs=3, resume=True)
    assert 'hand-off not checked' in log
    assert model.steps == 2
    # mmengine's own loader could read the run's checkpoint safely.
    assert 'Falling back to weights_only=False' not in log


def test_resume_with_nothing_to_resume_is_compared(tmp_path, source):
    model = Model(Backbone(_init(source), child_init={'type': 'Constant', 'layer': 'Conv2d',
                                                      'val': 0.5}))
    with pytest.raises(CheckpointError, match='were overwritten'):
        _run(tmp_path, model, resume=True)


def _detector(tmp_path, model: nn.Module):
    """A checkpoint of a whole model, as a training writes it."""
    path = tmp_path / 'detector.pth'
    torch.save({'state_dict': model.state_dict(), 'meta': {}}, path)
    return path


def test_a_backbone_that_load_from_did_not_bring_stops_the_run(tmp_path):
    torch.save({'state_dict': Backbone().state_dict()}, tmp_path / 'bare.pth')
    model = Model(Backbone())
    with pytest.raises(CheckpointError, match=r'bare\.pth brought 0 of 4 tensors of the backbone, '
                                              r'.*leave load_from out .*OADP_CKPT=FILE'):
        _run(tmp_path, model, load_from=str(tmp_path / 'bare.pth'))
    assert model.steps == 0


def test_half_a_backbone_by_load_from_stops_the_run(tmp_path):
    model = Model(Backbone())
    state = {key: value for key, value in Model(Backbone()).state_dict().items()
             if 'bias' not in key}
    torch.save({'state_dict': state}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match='brought 2 of 4 tensors'):
        _run(tmp_path, model, load_from=str(tmp_path / 'x.pth'))


def test_a_whole_model_by_load_from_is_compared_and_passes(tmp_path):
    whole = Model(Backbone())
    model = Model(Backbone())
    log = _run(tmp_path, model, load_from=str(_detector(tmp_path, whole)))
    assert 'hand-off checked: load_from brought 4/4 tensors of the backbone' in log
    assert model.steps == 1


@pytest.mark.parametrize('kind', [torch.int8, torch.complex64])
def test_a_whole_model_of_another_kind_is_not_copied_into_it(tmp_path, kind):
    whole = Model(Backbone())
    state = whole.state_dict()
    key = next(iter(state))
    torch.save({'state_dict': {**state, key: state[key].to(kind)}}, tmp_path / 'x.pth')
    with pytest.raises(CheckpointError, match=rf'x\.pth holds {key} \(\w+\), but weights'):
        _run(tmp_path, Model(Backbone()), load_from=str(tmp_path / 'x.pth'))


def test_load_from_wins_over_the_initialiser_and_is_what_is_compared(tmp_path, source):
    log = _run(tmp_path, Model(Backbone(_init(source))),
               load_from=str(_detector(tmp_path, Model(Backbone()))))
    assert 'load_from brought 4/4 tensors' in log


def test_load_from_that_brings_nothing_does_no_harm_beside_the_initialiser(tmp_path, source):
    torch.save({'state_dict': Backbone().state_dict()}, tmp_path / 'bare.pth')
    log = _run(tmp_path, Model(Backbone(_init(source))), load_from=str(tmp_path / 'bare.pth'))
    assert f'hand-off checked: backbone 4/4 tensors equal {source}' in log


def test_a_part_of_the_file_that_the_model_lacks_stops_the_run(tmp_path, source):
    """layer4 of a C4 detector, which lies in its head under another name."""
    content = torch.load(source)
    content['state_dict']['backbone.layer4.weight'] = torch.zeros(1)
    torch.save(content, source)
    with pytest.raises(CheckpointError, match=r'4 of 4 .* leaves 1 of its own to nobody'):
        _run(tmp_path, Model(Backbone()), load_from=str(source))


@pytest.mark.parametrize('names', ['bare', 'backbone.'])
def test_a_pretraining_is_not_begun_with_a_part_of_what_was_given(tmp_path, names):
    """It may start from random weights, but not where load_from was to bring some: of a bare state
    dict it takes nothing, and of a backbone alone nothing for the target."""
    prefix = '' if names == 'bare' else names
    torch.save({'state_dict': {f'{prefix}{key}': tensor for key, tensor in
                               Backbone().state_dict().items()}}, tmp_path / 'x.pth')
    model = Model(Backbone())
    model.target = Backbone()
    brought = 0 if names == 'bare' else 4
    sentence = rf'brought {brought} of 8 tensors .* leave load_from'
    with pytest.raises(CheckpointError, match=sentence):
        _run(tmp_path, model, hook=HandoffCheckHook(required=False),
             load_from=str(tmp_path / 'x.pth'))


def test_another_use_of_equal_tensors_is_named(tmp_path, source):
    content = torch.load(source)
    content['meta'] = {'cfg': "model = dict(data_preprocessor=dict(mean=[1, 2, 3], std=[4, 5, 6]), "
                              "backbone=dict(type='ResNet', style='caffe'))"}
    torch.save(content, source)
    model = Model(Backbone(_init(source)))
    model.backbone.block.style, model.backbone.block.conv3 = 'pytorch', nn.Identity()
    log = _run(tmp_path, model)
    assert (f'WARNING - hand-off of {source}: style was caffe in the training of the file and is '
            "pytorch in the model: set model.backbone.style='caffe'") in log
    assert f'hand-off of {source}: mean, std, channels not compared, since only one' in log
    assert 'hand-off checked: backbone 4/4' in log


def test_a_wrapped_model_is_compared_under_its_own_names(tmp_path, source):
    class Wrapper(nn.Module):
        """Holds the model as DistributedDataParallel does."""

        def __init__(self, module: nn.Module) -> None:
            super().__init__()
            self.module = module

    MODEL_WRAPPERS.register_module(module=Wrapper, force=True)
    try:
        model = Model(Backbone(_init(source)))
        model.init_weights()
        nn.init.zeros_(model.backbone.stem.bias)
        runner = type('Run', (), {'model': Wrapper(model), '_has_loaded': False})()
        assert is_model_wrapper(runner.model)
        with pytest.raises(CheckpointError, match=r'1 of 4 tensors of backbone .*: stem\.bias;'):
            HandoffCheckHook().before_train(runner)
    finally:
        MODEL_WRAPPERS.module_dict.pop('Wrapper')


def test_weights_held_in_half_precision_are_equal_after_the_cast(source):
    model = Model(Backbone(_init(source)))
    model.init_weights()
    runner = type('Run', (), {'model': model.half(), '_has_loaded': False})()
    HandoffCheckHook().before_train(runner)
    with torch.no_grad():
        model.backbone.stem.weight += 1
    with pytest.raises(CheckpointError, match=r'stem\.weight'):
        HandoffCheckHook().before_train(runner)
