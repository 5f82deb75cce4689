from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS, init_default_scope

from oadp_mm.files.configs import config_path, read_config
from oadp_mm.journey import schedule
from oadp_mm.journey.asked import Asked
from oadp_mm.journey.backbone import channels, stride
from oadp_mm.journey.methods import (
    BACKBONES,
    METHODS,
    PAPERS,
    WITH_CORRESPONDENCES,
    WITH_PROPOSALS,
    base_config,
)
from oadp_mm.journey.pretraining import plan_pretraining
from tests.configs.leaves import view_sides
from tests.configs.noise import noise

LONG, FEW = 100_000, 544
SMALL = Asked('nuclei', backbone='resnet18', width=4, last_stride=1, epochs=2, size=64,
              batch=4)


def planned(asked: Asked, images: int = FEW, workers: int = 0, **options):
    return plan_pretraining(asked, images, options, workers)


def model_of(asked: Asked):
    init_default_scope('mmpretrain')
    return MODELS.build(planned(asked).config.model)


@pytest.mark.parametrize('method', METHODS)
class TestEveryMethod:
    @pytest.mark.parametrize('backbone', ['resnet18', 'resnet50'])
    def test_the_backbone_is_the_one_that_was_asked_for(self, method, backbone):
        asked = replace(SMALL, method=method, backbone=backbone)
        built = model_of(asked).backbone
        built.eval()
        last = built(torch.zeros(2, 3, 64, 64))[-1]
        assert last.shape[1:] == (channels(asked), 64 // 16, 64 // 16)
        assert built.depth == BACKBONES[backbone]
        assert built.zero_init_residual

    def test_a_loss_comes_of_it(self, method):
        """Of a long training of a deep network too, which stands on the paper's config."""
        for epochs in (2, LONG):
            config = planned(replace(SMALL, method=method, backbone='resnet50', epochs=epochs),
                             images=8).config
            init_default_scope('mmpretrain')
            model = MODELS.build(config.model)
            model.after_step_attached = True
            data = model.data_preprocessor(noise(config, 4), True)
            if method == 'byol':  # the host's EMA asks the runner for the length
                from mmengine.logging import MessageHub
                MessageHub.get_current_instance().update_info('max_iters', 10)
            assert sum(model(**data, mode='loss').values()).isfinite()

    def test_rates_follow_the_images_of_a_step(self, method):
        leaf = read_config(base_config(method, 'resnet18', 1), {}, {})
        config = planned(replace(SMALL, method=method, gpus=2)).config
        assert config.optim_wrapper.optimizer.lr == pytest.approx(
            leaf['optim_wrapper']['optimizer']['lr'] * 8 / leaf['auto_scale_lr']['base_batch_size'])
        assert config.auto_scale_lr.base_batch_size == 8
        fixed = [hook.lr for hook in config.custom_hooks if hook.type == 'SimSiamHook']
        assert fixed in ([], [config.optim_wrapper.optimizer.lr])

    @pytest.mark.parametrize(('asked', 'share'), [
        (None, 0.), (0.5, 0.5), (1., 1.)])
    def test_the_stem_alone_gets_a_share_of_the_rate(self, method, asked, share):
        config = planned(replace(SMALL, method=method, stem_lr=asked)).config
        init_default_scope('mmpretrain')
        model = MODELS.build(config.model)
        optimizer = build_optim_wrapper(model, config.optim_wrapper).optimizer
        names = {id(tensor): name for name, tensor in model.named_parameters()}
        rates = {names[id(tensor)]: group['lr'] for group in optimizer.param_groups
                 for tensor in group['params']}
        full = config.optim_wrapper.optimizer.lr
        assert rates.pop('backbone.conv1.weight') == pytest.approx(share * full)
        assert set(rates.values()) == {full}
        if method == 'simsiam':  # whose predictor's rate does not fall
            assert config.optim_wrapper.paramwise_cfg.custom_keys['head.predictor'].fix_lr

    def test_views_are_of_the_size(self, method):
        for augment in ('paper', 'mild'):
            crop = planned(replace(SMALL, method=method, augment=augment)
                           ).config.train_dataloader.dataset.views.crop
            assert crop.get('size', crop.get('scale')) == 64

    def test_mild_views_are_the_same_of_all(self, method):
        views, mild = (planned(asked).config.train_dataloader.dataset.views for asked in (
            replace(SMALL, method=method, augment='mild'), SMALL))
        assert views.changes == mild.changes
        assert all('changes' not in view for view in views.each.values())
        assert views == mild or method in WITH_PROPOSALS | WITH_CORRESPONDENCES  # own crops
        assert 'RandAugment' not in str(views)


def test_a_deep_network_and_many_steps_stand_on_the_paper():
    assert 'folder' in base_config('oadp', 'resnet50', schedule.SHORT).name
    for backbone, steps in (('resnet50', schedule.SHORT - 1), ('resnet34', schedule.SHORT)):
        assert 'resnet18' in base_config('oadp', backbone, steps).name
    assert all('resnet50' in base_config(method, 'resnet101', schedule.SHORT).name
               for method in PAPERS)


@pytest.mark.parametrize('method', METHODS)
def test_the_plan_says_whose_settings_a_long_training_has(method):
    plan = planned(replace(SMALL, method=method, backbone='resnet50', epochs=LONG))
    assert plan.steps >= schedule.SHORT
    small = 'has its heads, queue and EMA of a short one' in plan.reasons['settings']
    assert small == (method not in PAPERS) == ('resnet18' in plan.base.name)


@pytest.mark.parametrize(('changed', 'message'), [
    ({'method': 'dino'}, '--method dino is unknown: choose from oadp, byol'),
    ({'backbone': 'resnet19'}, '--backbone resnet19 is unknown: choose from resnet18, resnet34')])
def test_an_unknown_name_is_told_the_known_ones(changed, message):
    with pytest.raises(ValueError, match=message):
        planned(replace(SMALL, **changed))


def test_the_paper_is_reproduced_where_all_is_as_it_has_it():
    """But for what own images need: residual branches at zero, and how large photos are read."""
    asked = Asked('/images', epochs=800, batch=256)
    config = planned(asked, images=118_287, workers=8).config
    paper = read_config(config_path('oadp/oadp_resnet50_8xb32-coslr-800e_coco.py'), {}, {})
    assert config.optim_wrapper.optimizer == paper['optim_wrapper']['optimizer']
    assert config.param_scheduler == paper['param_scheduler']
    assert config.train_dataloader.dataset.views == paper['train_dataloader']['dataset']['views']
    model = config.model.to_dict()
    assert model['selector'].pop('stride') == 32
    assert model['selector'].pop('k') is None
    assert model['backbone'].pop('zero_init_residual') is True
    assert paper['model']['backbone'].pop('zero_init_residual') is False
    assert model == paper['model']


def test_the_last_stride_keeps_the_grid_of_the_paper():
    asked = replace(SMALL, size=112)
    assert stride(asked) == 16
    selector = model_of(asked).selector
    assert selector.layout(112, 112) == (7, 24)


def test_regions_are_of_the_grid():
    model = planned(replace(SMALL, method='regioncl-m', size=112)).config.model
    assert (model.stride, model.region) == (16, (3, 5))


@pytest.mark.parametrize('method', ['moco', 'densecl', 'regioncl-d', 'scd-moco'])
def test_queues_are_of_whole_iterations(method):
    model = planned(replace(SMALL, method=method, batch=24)).config.model
    heads = [model, model.head, model.get('dense_head', {}), model.get('semantic_head', {})]
    lengths = [each[name] for each in heads for name in ('queue_len', 'queue_length')
               if name in each]
    assert lengths
    assert set(lengths) == {264}  # 272 are half of the images


def test_kept_steps_are_a_hook_of_the_run():
    hooks = planned(replace(SMALL, keep_steps=(20, 50))).config.custom_hooks
    assert [hook.steps for hook in hooks if hook.type == 'oadp_mm.KeptStepsHook'] == [[20, 50]]
    assert not [hook for hook in planned(SMALL).config.custom_hooks
                if hook.type == 'oadp_mm.KeptStepsHook']


def test_options_come_last_and_accumulation_counts():
    plan = planned(SMALL, **{'optim_wrapper.accumulative_counts': 4, 'model.ema_decay': 0.5})
    assert plan.config.model.ema_decay == 0.5
    assert plan.config.auto_scale_lr.base_batch_size == 16
    assert plan.steps == 68  # of 2 x 136 iterations


@pytest.mark.parametrize(('option', 'value', 'message'), [
    ('train_dataloader.batch_size', 8, 'steps and plan at --batch 4: give --batch 8'),
    ('train_cfg.max_epochs', 9, 'steps and plan at --epochs 2: give --epochs 9'),
    ('optim_wrapper.accumulative_counts', 0, 'counts=0 is no number of batches a step: give a'),
    ('optim_wrapper.accumulative_counts', 'x', 'counts=x is no number of batches a step: give a')])
def test_an_option_that_the_rules_would_not_see_is_refused(option, value, message):
    with pytest.raises(ValueError, match=message):
        planned(SMALL, **{option: value})


@pytest.mark.parametrize('option', ['views.boxes.count', 'modle.pairs'])
def test_an_option_that_no_training_reads_is_refused(option):
    with pytest.raises(ValueError, match=f'{option} sets {option.partition(".")[0]}, which no tra'):
        planned(SMALL, **{option: 1})
    planned(SMALL, **{'train_dataloader.num_workers': 1, 'log_level': 'ERROR'})


def test_an_option_that_says_the_same_is_none():
    assert planned(SMALL, **{'train_dataloader.batch_size': 4}).steps == planned(SMALL).steps


@pytest.mark.parametrize('method', METHODS)
def test_a_short_training_is_looked_at_often_and_says_once_what_comes_next(method):
    """In 2 x 136 iterations; the command tells the next steps."""
    for options in ({}, {'optim_wrapper.accumulative_counts': 8}):
        hooks = {hook.type: hook for hook in
                 planned(replace(SMALL, method=method), **options).config.custom_hooks}
        assert hooks['oadp_mm.CollapseHook'].interval == 27
        assert 'oadp_mm.NextStepHook' not in hooks
        assert hooks['oadp_mm.FastStepHook'] == {'type': 'oadp_mm.FastStepHook'}


def test_a_rate_that_was_asked_for_stays():
    config = planned(replace(SMALL, method='simsiam', lr=0.7)).config
    assert config.optim_wrapper.optimizer.lr == 0.7
    assert [hook.lr for hook in config.custom_hooks if hook.type == 'SimSiamHook'] == [0.7]


@pytest.mark.parametrize('method', sorted(WITH_CORRESPONDENCES))
@pytest.mark.parametrize(('size', 'patch'), [(224, 96), (112, 48), (96, 41)])
def test_orls_patches_follow_the_size_and_its_regions_are_those_given(method, size, patch):
    asked = replace(SMALL, method=method, size=size, correspondences='/c.npz')
    plan = planned(asked)
    data = plan.config.train_dataloader.dataset
    assert data.correspondences == dict(file='/c.npz')
    assert plan.reasons['correspondences'] == '/c.npz'
    sides = {name: view.get('crop', {}).get('scale', data.views.crop.scale)
             for name, view in data.views.each.items()}
    assert sides == {'global1': size, 'global2': size, **dict.fromkeys(
        ('inter1', 'inter2', 'intra1', 'intra2'), patch)}


SOCO = replace(SMALL, method='soco')


@pytest.mark.parametrize('augment', ['paper', 'mild'])
def test_socos_views_and_levels_follow_the_size(augment):
    """The third view is half as large, as 112 of 224 px."""
    config = planned(replace(SOCO, size=96, augment=augment)).config
    assert view_sides(config) == [96, 96, 48]
    assert config.model.bounds == schedule.level_bounds(96)


def test_a_detectors_parts_are_as_wide_as_the_backbone():
    """128, 128 and 512 beside a ResNet-18 of 64 channels; the paper's beside a ResNet-50."""
    def widths(asked):
        model = planned(asked).config.model
        return *model.neck.values(), *model.box_head.values()

    assert widths(replace(SOCO, width=64)) == (128, 128, 512)
    assert widths(replace(SOCO, width=16)) == (32, 32, 128)
    long = replace(SOCO, backbone='resnet50', epochs=LONG)
    assert widths(replace(long, width=64)) == (256, 256, 1024)


def test_proposals_are_given_or_of_the_work_dir():
    for given, files in (('', 'proposals.npz'), ('/a/b.npz', '/a/b.npz')):
        plan = planned(replace(SOCO, proposals=given))
        assert plan.config.train_dataloader.dataset.proposals == {'files': files}
        assert (given or 'made first') in plan.reasons['proposals']
    assert 'proposals' not in planned(SMALL).config.train_dataloader.dataset
