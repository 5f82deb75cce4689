"""Runs made to collapse are caught, healthy ones are not, and neither notices."""
from __future__ import annotations

import io
import json
import re
from pathlib import Path

import mmpretrain.models
import pytest
import torch
import torch.nn.functional as F

from oadp_mm.engine import CollapseHook, ProgressHook, Runner
from tests.models import forms
from tests.models.tiny_pairs import photographs

BACKBONE = {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 8, 'base_channels': 8,
            'strides': (1, 2, 2, 1), 'zero_init_residual': True}
NECK = {'type': 'mmpretrain.NonLinearNeck', 'in_channels': 64, 'hid_channels': 128,
        'out_channels': 64, 'num_layers': 3, 'with_last_bn_affine': False, 'with_last_bias': False}
PREDICTOR = {'type': 'mmpretrain.NonLinearNeck', 'in_channels': 64, 'hid_channels': 16,
             'out_channels': 64, 'with_avg_pool': False, 'with_last_bn': False,
             'with_last_bias': True}
SETTINGS = {'backbone': BACKBONE, 'data_preprocessor': {'type': 'oadp_mm.ViewsDataPreprocessor'},
            'neck': NECK, 'head': {'type': 'mmpretrain.LatentPredictHead', 'predictor': PREDICTOR,
                                   'loss': {'type': 'mmpretrain.CosineSimilarityLoss'}}}


def simsiam():
    return mmpretrain.models.SimSiam(**SETTINGS)


def byol():
    return mmpretrain.models.BYOL(**{**SETTINGS, 'neck': {**NECK, 'num_layers': 2}},
                                  base_momentum=0.01)


def bare_simsiam():
    """No predictor, no stop-gradient."""
    model = simsiam()
    model.head.loss = lambda one, other: -F.cosine_similarity(one, other).mean()
    return model


def bare_byol():
    """No predictor, and the target is the online network and learns with it."""
    model = byol()
    model.loss = lambda inputs, data_samples: {'loss': -F.cosine_similarity(
        *(model.neck(model.backbone(view))[0] for view in inputs)).mean()}
    return model


def pulled():
    """Nothing but features that are pulled together, without a projector."""
    model = mmpretrain.models.SimSiam(**{**SETTINGS, 'neck': None})
    model.loss = lambda inputs, data_samples: {'loss': 2 - 2 * F.cosine_similarity(
        *(model.backbone(view)[-1].mean((2, 3)) for view in inputs)).mean()}
    return model


@pytest.fixture
def on_nuclei(make_runner):
    """Steps of 16 nuclei, 4 an epoch, and a look every 25."""

    def run(model, epochs):
        model.init_weights()
        views = {'crop': {'type': 'oadp_mm.RandomResizedWindow', 'scale': 32},
                 'changes': [{'type': 'RandomFlip', 'prob': 0.5}],
                 'each': {'first': {}, 'second': {}}}
        images = {'type': 'oadp_mm.Nuclei', 'indices': 64,
                  'pipeline': [{'type': 'oadp_mm.LoadImage'}]}
        make_runner(
            model, [{'type': 'oadp_mm.SeedHook'}, CollapseHook(interval=25, stop=True)],
            {'type': 'oadp_mm.MultiViewDataset', 'views': views, 'dataset': images},
            loader={'batch_size': 16}, train_cfg={'by_epoch': True, 'max_epochs': epochs},
            optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.1, 'momentum': 0.9}},
            default_scope='mmpretrain', default_hooks={'checkpoint': None}).train()

    return run


@pytest.mark.parametrize('make', [bare_simsiam, bare_byol, pulled])
def test_a_run_made_to_collapse_is_caught(make, on_nuclei):
    with pytest.raises(ValueError, match=r'have collapsed by iteration \d+ of 200: the '):
        on_nuclei(make(), epochs=50)


@pytest.mark.parametrize('make', [simsiam, byol])
def test_the_same_run_with_what_keeps_it_from_it_is_not(make, on_nuclei):
    on_nuclei(make(), epochs=25)


def pictures(count: int = 8) -> list[dict]:
    """Items of a data set of view pairs."""
    first, second = (torch.from_numpy(views).permute(0, 3, 1, 2) for views in photographs(count))
    return [{'inputs': [one, other]} for one, other in zip(first, second, strict=True)]


def items(form: forms.Form, count: int = 8) -> list[dict]:
    """Items of a data set that have what a form takes, before they were normalised."""
    data = forms.batch(form, count)
    more = {name: each for name, each in data.items() if isinstance(each, torch.Tensor)}
    return [{'inputs': [(view[number] * 58 + 118).round().byte() for view in data['inputs']],
             **{name: each[number] for name, each in more.items()}} for number in range(count)]


@pytest.fixture
def train(make_runner):
    """A short training of pairs of photographs, 2 iterations an epoch."""

    def run(model, *hooks, data=None, epochs=10, **changed):
        runner = make_runner(
            model, [{'type': 'oadp_mm.AfterStepHook'}, *hooks], data or pictures(),
            loader={'batch_size': 4}, train_cfg={'by_epoch': True, 'max_epochs': epochs},
            optim_wrapper={'optimizer': {'type': 'SGD', 'lr': 0.02, 'momentum': 0.9}},
            **{'cls': Runner, 'default_scope': 'mmpretrain', **changed})
        runner.train()
        return runner

    return run


@pytest.mark.parametrize('form', forms.ALGORITHMS.values(), ids=forms.ALGORITHMS)
def test_healthy_runs_of_all_algorithms(form, train):
    """Ranks of projections are among what is logged, of whole views or of a box of their size."""
    runner = train(form.make().float(), CollapseHook(interval=2, images=8, stop=True),
                   data=items(form))
    logged = runner.message_hub.log_scalars
    assert {'train/health/effective_rank', 'train/health/cell_deviation', 'train/health/alignment',
            'train/health/projected_uniformity'} <= logged.keys()
    # before the first iteration that has eight images, and after ten more
    assert len(logged['train/health/effective_rank'].data[0]) == 1 + 10


def test_views_that_are_not_collated_are_the_models_to_refuse(make_runner):
    with pytest.raises(TypeError, match=r'one tensor a view, got a list of tuple; use .*_collate'):
        make_runner(simsiam(), [CollapseHook(images=8)], pictures(),
                    loader={'batch_size': 4, 'collate_fn': {'type': 'pseudo_collate'}},
                    default_scope='mmpretrain').train()


def test_a_run_ends_bit_equal_to_one_that_was_not_looked_at(train):
    """The backbone drops, which draws, and norms record, each in modes of their own."""
    ends = []
    for hooks in ((), (CollapseHook(interval=1, images=4),)):
        torch.manual_seed(0)
        model = bare_byol()
        model.backbone.layer4.add_module('drop', torch.nn.Dropout(0.5))
        model.backbone.layer1.eval()
        runner = train(model, *hooks, epochs=2, default_hooks={'checkpoint': None})
        ends.append((model.state_dict(), torch.get_rng_state()))
        assert bool(hooks) == bool(runner.message_hub.get_info('health'))
    (weights, generator), (others, after) = ends
    assert torch.equal(generator, after)
    assert all(torch.equal(value, others[name]) for name, value in weights.items())


def test_figures_stand_beside_the_losses_in_files_and_one_in_the_progress_line(train):
    stream = io.StringIO()
    runner = train(bare_byol(), CollapseHook(interval=2, images=4), ProgressHook(1e-9, stream),
                   default_hooks={'logger': {'type': 'LoggerHook', 'interval': 2}}, epochs=1)
    folder = runner.visualizer.get_backend('LocalVisBackend')._save_dir
    for name in ('scalars.json', f'{runner.timestamp}.json'):
        with open(f'{folder}/{name}') as file:
            [row] = map(json.loads, file)
        assert 'loss' in row
        rank = row['health/effective_rank']
        assert {'health/projected_alignment', 'health/cell_centred_rank'} <= row.keys()
    assert f'  rank {rank:.1f}  eta' in stream.getvalue().splitlines()[-1]
    assert 'loss: ' in log(runner)
    assert 'health' not in log(runner)


BLACK = [{'inputs': [torch.zeros(3, 64, 64, dtype=torch.uint8)] * 2}] * 8


def log(runner) -> str:
    return Path(runner.log_dir, f'{runner.timestamp}.log').read_text()


def test_images_that_are_all_alike_are_named_once(train):
    runner = train(bare_byol(), CollapseHook(interval=1, images=4), data=BLACK)
    said = 'the images are all alike: 4 of them differ by 0 gray levels, '
    assert log(runner).count(f'WARNING - {said}') == 1
    assert 'collapsed' not in log(runner)
    with pytest.raises(ValueError, match=f'^{said}'):
        train(bare_byol(), CollapseHook(interval=1, images=4, stop=True), data=BLACK)


def test_a_collapse_is_told_once_and_stays_in_the_progress_line(train, monkeypatch):
    """From the second look on; the first may be a moment."""
    monkeypatch.setattr('oadp_mm.engine.hooks.collapse.collapse', lambda now, start: 'so it is')
    stream = io.StringIO()
    runner = train(bare_byol(), CollapseHook(interval=1, images=4), ProgressHook(1e-9, stream),
                   epochs=2)
    assert re.findall('WARNING - .* collapsed .*', log(runner)) == [
        'WARNING - the features have collapsed by iteration 1 of 4: so it is; train with a lower '
        'optim_wrapper.optimizer.lr, and see that what keeps the method from it is there: its '
        'predictor, its stopped gradient, its negatives']
    assert ['collapsed' in line for line in stream.getvalue().splitlines()] == [False, *[True] * 4]


def test_the_start_is_that_of_the_whole_run(train):
    """A resumed one does not begin with its own, and mmengine misses no key of ours."""
    first = train(bare_byol(), CollapseHook(images=4), epochs=2).message_hub.get_info(
        'health_start')
    hook = CollapseHook(images=4)
    resumed = train(bare_byol(), hook, epochs=4, resume=True)
    assert hook._start == first
    assert 'resumed key' not in log(resumed)
    hook = CollapseHook(images=4)
    train(bare_byol(), hook, epochs=1)
    assert hook._start != first


@pytest.mark.parametrize('options', [{'interval': 0}, {'images': 1}])
def test_impossible_settings_are_refused(options):
    with pytest.raises(ValueError, match='interval >= 1 iterations at images >= 2, got'):
        CollapseHook(**options)


def test_a_model_without_a_backbone_is_refused(line, make_runner):
    with pytest.raises(ValueError, match=r'Line has no backbone .* leave oadp_mm\.CollapseHook'):
        make_runner(line, [CollapseHook()]).train()
