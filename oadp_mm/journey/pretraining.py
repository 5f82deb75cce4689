"""The config of a pretraining: a shipped one, edited to what was asked by the rules."""
from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config
from mmengine.runner import Runner

from oadp_mm.engine.arithmetic import put_mixed_precision
from oadp_mm.files.configs import config_path, read_config
from oadp_mm.journey import schedule
from oadp_mm.journey.asked import NUCLEI, Asked
from oadp_mm.journey.backbone import grid_of, put_backbone, stride
from oadp_mm.journey.init_file import initialiser
from oadp_mm.journey.methods import PAPERS, WITH_CORRESPONDENCES, WITH_PROPOSALS, base_config
from oadp_mm.journey.proposals import METHOD, NAME

#: What a runner reads; a shipped config's own names, such as `temperature`, are used up.
_READ = ('default_scope', 'runner_type', 'model', 'train_dataloader', 'train_cfg', 'optim_wrapper',
         'param_scheduler', 'auto_scale_lr', 'custom_hooks', 'default_hooks', 'sync_bn',
         'randomness', 'env_cfg', 'visualizer', 'custom_imports')
_ACCUMULATION = 'optim_wrapper.accumulative_counts'
#: Settings from which rules follow, and the option that tells the rules.
_RULED = {'train_dataloader.batch_size': 'batch', 'train_cfg.max_epochs': 'epochs'}
#: The first convolution of a ResNet.
STEM = 'backbone.conv1'
#: Pixels of a large photo's shorter side that a view of 224 keeps, as the folder config has it.
_SIDE, _VIEW = 1024, 224


class Pretraining(NamedTuple):
    """What a pretraining will be.

    Args:
        config: complete, without a work_dir.
        base: the shipped config that it stands on.
        images: in the folder.
        iterations: an epoch.
        steps: of the optimizer.
        reasons: what the rules chose and why, by the name of the choice.
    """

    config: Config
    base: Path
    images: int
    iterations: int
    steps: int
    reasons: dict[str, str]


def plan_pretraining(asked: Asked, images: int, options: Mapping[str, Any], workers: int,
                     ) -> Pretraining:
    """The config of what was asked.

    Args:
        asked: see `Asked`.
        images: how many there are, at least a batch a process.
        options: settings to override, which come last.
        workers: processes that load images, for each training process.

    Raises:
        ValueError: an unknown method or backbone; options that would contradict the rules.
    """
    accumulation = _accumulated(asked, options)
    iterations = schedule.iterations_an_epoch(images, asked.batch, asked.gpus)
    steps = schedule.optimizer_steps(asked.epochs, iterations, accumulation)
    base = base_config(asked.method, asked.backbone, steps)
    config = Config(read_config(base, {'OADP_EPOCHS': ''}, {}))
    reasons = {'settings': _why_base(base, asked, steps)}
    put_backbone(config.model, asked)
    reasons |= _put_views(config, asked, steps)
    _put_images(config, asked, workers)
    reasons |= _put_rates(config, asked, asked.batch * asked.gpus * accumulation, steps)
    reasons |= _put_scales(config.model, asked, images)
    _put_runtime(config, asked, iterations, steps)
    config = Config({name: config[name] for name in _READ if name in config})
    config.merge_from_dict(dict(options))
    return Pretraining(config, base, images, iterations, steps, reasons)


def _accumulated(asked: Asked, options: Mapping[str, Any]) -> int:
    """Batches a step; ValueError if they are none, or if an option goes past the rules or the
    runner.
    """
    for setting in options:
        if (part := setting.partition('.')[0]) not in (*_READ, *signature(Runner).parameters):
            raise ValueError(f'--cfg-options {setting} sets {part}, which no training reads: views '
                             'are train_dataloader.dataset.views, the rest is model, '
                             'optim_wrapper and so on')
    for setting, name in _RULED.items():
        told = getattr(asked, name)
        if (value := options.get(setting, told)) != told:
            raise ValueError(f'--cfg-options {setting}={value} would leave learning rate, steps '
                             f'and plan at --{name} {told}: give --{name} {value}')
    batches = options.get(_ACCUMULATION, 1)
    if type(batches) is not int or batches < 1:
        raise ValueError(f'--cfg-options {_ACCUMULATION}={batches} is no number of batches a step: '
                         'give a whole number, 1 or more')
    return batches


def _why_base(base: Path, asked: Asked, steps: int) -> str:
    if 'resnet18' not in base.name:
        return f"{base.stem}: the paper's, for {asked.backbone} and {steps} steps"
    why = (f'{asked.method} ships no others, so that a long training of a deep network has its '
           'heads, queue and EMA of a short one' if asked.method not in PAPERS
           else f'{steps} optimizer steps are fewer than {schedule.SHORT}'
           if schedule.is_short(steps) else f'{asked.backbone} is below a ResNet-50')
    return f'{base.stem}: the small ones ({why})'


def _put_views(config: Config, asked: Asked, steps: int) -> dict[str, str]:
    augment = asked.augment or ('mild' if schedule.is_short(steps) else 'paper')
    views = config.train_dataloader.dataset.views
    if augment == 'mild':
        piece = ('soco_mild' if asked.method in WITH_PROPOSALS else
                 'orl_mild' if asked.method in WITH_CORRESPONDENCES else 'mild')
        views = Config(read_config(config_path(f'_base_/views/{piece}.py'), {}, {})).views
    _resize(views, asked.size)
    config.train_dataloader.dataset.views = views
    if asked.augment:
        return {'views': f'{augment}, as asked'}
    fewer = 'fewer than' if augment == 'mild' else 'not fewer than'
    other = 'paper' if augment == 'mild' else 'mild'
    return {'views': f'{augment}: {steps} optimizer steps are {fewer} {schedule.SHORT} '
                     f'(--augment {other} takes the others)'}


def _resize(views: Any, size: int) -> None:
    """Give views this side, and those of another side than the common one their share."""
    name = 'size' if 'size' in views.crop else 'scale'
    common = views.crop[name]
    for crop in (views.crop, *(view.crop for view in views.each.values() if 'crop' in view)):
        if name in crop:
            crop[name] = round(crop[name] * size / common)


def _put_images(config: Config, asked: Asked, workers: int) -> None:
    load = dict(type='oadp_mm.LoadImage', min_side=round(_SIDE * asked.size / _VIEW))
    if asked.method in WITH_PROPOSALS:
        config.train_dataloader.dataset.proposals = dict(files=asked.proposals or NAME)
    if asked.method in WITH_CORRESPONDENCES:
        config.train_dataloader.dataset.correspondences = dict(file=asked.correspondences)
    config.train_dataloader.dataset.dataset = (
        dict(type='oadp_mm.Nuclei', split='train', pipeline=[load]) if asked.folder == NUCLEI else
        dict(type='oadp_mm.ImageFolder', data_root=asked.folder, pipeline=[load]))
    config.train_dataloader.update(batch_size=asked.batch, num_workers=workers,
                                   persistent_workers=workers > 0)


def _put_rates(config: Config, asked: Asked, images: int, steps: int) -> dict[str, str]:
    """Learning rates, warm-up and cosine."""
    wrapper, planned = config.optim_wrapper, config.auto_scale_lr.base_batch_size
    rate = wrapper.optimizer.lr
    scaled = asked.lr or schedule.learning_rate(rate, planned, images)
    reason = 'as asked' if asked.lr else f'{rate:g} for {planned} images a step, of {images} here'
    wrapper.optimizer.lr = scaled
    stem = schedule.stem_share(steps) if asked.stem_lr is None else asked.stem_lr
    if stem != 1:
        ways = wrapper.get('paramwise_cfg') or {}
        wrapper.paramwise_cfg = dict(
            ways, custom_keys={**ways.get('custom_keys', {}), STEM: dict(lr_mult=stem)})
    wrapper.pop('accumulative_counts', None)
    config.auto_scale_lr = dict(base_batch_size=images, enable=False)
    for hook in config.custom_hooks:
        if hook.type == 'SimSiamHook':  # the predictor's rate, which does not fall
            hook.update(lr=scaled, adjust_by_epoch=False)
    share = schedule.warm_up(asked.epochs)
    config.param_scheduler = [
        dict(type='oadp_mm.WarmUpLR', until=share, start_factor=1e-4, by_epoch=False),
        dict(type='oadp_mm.CosineLR', after=share, by_epoch=False)]
    return {'learning rate': f'{scaled:.4g}: {reason}',
            'stem': (f'{stem:g} of it' if stem else 'frozen') + (
                ', as asked' if asked.stem_lr is not None else ''),
            'warm-up': f'{share:.3g} of the training: {schedule.WARM_UP_EPOCHS} epochs, '
                       'a tenth at most; then a cosine to 0'}


def _put_scales(model: Any, asked: Asked, images: int) -> dict[str, str]:
    """Queues, and what depends on the grid of the last map."""
    reasons, keys = {}, asked.batch * asked.gpus
    for holder, name in ((model, 'queue_len'), *((model.get(head), 'queue_length') for head in
                                                ('head', 'dense_head', 'semantic_head'))):
        if holder and name in holder:
            holder[name] = schedule.queue_length(holder[name], images, keys)
            reasons['queue'] = f'{holder[name]} keys: at most half of {images} images'
    cells = grid_of(asked)
    if model.type == 'oadp_mm.OADP':
        model.selector.update(stride=stride(asked), k=None)
        reasons['grid'] = f'{cells}x{cells} cells of {stride(asked)} px'
    if model.type == 'oadp_mm.RegionCL':
        model.update(stride=stride(asked), region=schedule.region_bounds(cells))
        reasons['grid'] = (f'{cells}x{cells} cells of {stride(asked)} px, regions of '
                           f'{model.region[0]} to {model.region[1]}')
    if model.type == 'oadp_mm.SoCo':
        model.bounds = schedule.level_bounds(asked.size)
        reasons['levels'] = (f'boxes of {", ".join(f"{bound:g}" for bound in model.bounds)} px at '
                             'most are pooled from P2, P3, P4, P5')
        reasons['proposals'] = asked.proposals or f'of the engine {METHOD!r}, made first'
    if asked.correspondences:
        reasons['correspondences'] = asked.correspondences
    return reasons


def _put_runtime(config: Config, asked: Asked, iterations: int, steps: int) -> None:
    config.train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=asked.epochs)
    config.randomness = dict(seed=asked.seed)
    config.default_hooks = dict(
        logger=dict(type='LoggerHook', interval=schedule.log_interval(steps)),
        checkpoint=dict(type='oadp_mm.CheckpointHook', max_keep_ckpts=2,
                        interval=schedule.checkpoint_interval(asked.epochs)))
    hooks = {hook.type: hook for hook in config.custom_hooks}
    hooks['oadp_mm.CollapseHook'].interval = schedule.look_interval(asked.epochs * iterations)
    config.custom_hooks.append(dict(type='oadp_mm.FastStepHook'))
    if asked.amp:
        put_mixed_precision(config)
    # The command itself says what comes next.
    config.custom_hooks.remove(hooks['oadp_mm.NextStepHook'])
    if asked.keep_steps:
        config.custom_hooks.append(dict(type='oadp_mm.KeptStepsHook',
                                        steps=list(asked.keep_steps)))
    if asked.probe_every:
        config.custom_imports = dict(imports=['oadp_mm.journey.probe_hook'],
                                     allow_failed_imports=False)
        config.custom_hooks.append(dict(
            type='oadp_mm.ProbeHook', interval=asked.probe_every, data=list(asked.probe_data),
            families=asked.probe_families.split(',')))
    if asked.init:
        config.model.backbone.init_cfg = initialiser(asked.init, config.model.backbone)
        hooks['oadp_mm.HandoffCheckHook'].required = True
