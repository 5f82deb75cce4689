"""What a page tells of a pretraining: what was asked, its losses and its health."""
from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.run_folder import run_checkpoints
from oadp_mm.journey.report_pictures import images_of, picture_sections
from oadp_mm.journey.runs_below import Training
from oadp_mm.models.algorithms.orl import SIX_VIEWS
from oadp_mm.pictures.curves import draw_curves
from oadp_mm.reports.page import Picture, Section, embed
from oadp_mm.reports.tables import Table
from oadp_mm.reports.training_log import TrainingLog, read_warnings

#: What `CollapseHook` logs, under the name of its curve.
_RANKS = {'whole views': 'health/effective_rank', 'cells': 'health/cell_effective_rank',
          'projections': 'health/projected_effective_rank'}
_SPREADS = {'deviation of views': 'health/deviation', 'cosine of views': 'health/mean_cosine',
            'deviation of cells': 'health/cell_deviation',
            'cosine of cells': 'health/cell_mean_cosine'}


def pretraining_section(training: Training, name: str) -> Section:
    """All that its folder tells; what is missing is said."""
    note = _note(training.folder)
    commands = [note.pop(word) for word in ('Asked', 'Command') if word in note]
    rows = [*_asked(training.config), *((word.lower(), text) for word, text in note.items())]
    return Section(name, [f'{told_length(training)}.'], [
        Table(['setting', 'value'], list(map(list, rows)), prose=True)],
        commands=commands,
        parts=[_losses(training.log), _health(training), *_probes(training.log),
               *picture_sections(training)])


def told_length(training: Training) -> str:
    """Which method trained which backbone for how long, and whether to its end."""
    config, log = training.config, training.log
    cfg = config.get('train_cfg') or {}
    by_epoch = 'max_epochs' in cfg
    total = cfg.get('max_epochs') or cfg.get('max_iters')
    unit = 'epochs' if by_epoch else 'iterations'
    done = _done(training.folder)
    last = log.train[-1]['step'] if log.train else 0
    if not log.train and not done:
        far = 'begun, nothing trained yet that was logged or saved: the same command goes on'
    elif done == total:
        far = f'finished: {done} of {total} {unit}, to iteration {last}'
    else:
        far = (f'unfinished: logged to iteration {last}, and saved after {done} of {total} {unit}; '
               'the same command goes on')
    return f'{method_name(config.get("model") or {})} with {backbone_name(config)}, {far}'


def method_name(model: Mapping[str, Any]) -> str:
    """The type of a model; of those of ORL, which are one type, which of them it is, too."""
    name = str(model.get('type', 'an unknown model'))
    if name.rpartition('.')[2] != 'ORL':
        return name
    if semantic := model.get('semantic_head'):
        return f'{name} (SCD-ORL)' if semantic.get('loss_weight', 1) else name
    views = {view for pair in model.get('pairs', SIX_VIEWS) for view in pair}
    return f'{name} (its stage 1, BYOL)' if views == {0, 1} else name


def backbone_name(config: Mapping[str, Any]) -> str:
    """`a ResNet-18 of 16 base channels`, as far as a config says it."""
    backbone = (config.get('model') or {}).get('backbone') or {}
    depth = backbone.get('depth', backbone.get('arch', ''))
    width = backbone.get('base_channels')
    return (f'a {backbone.get("type", "backbone")}{f"-{depth}" if depth else ""}'
            + (f' of {width} base channels' if width else ''))


def _done(folder: Path) -> int:
    """The number of the newest checkpoint; 0 of none, and of those of two runs."""
    try:
        checkpoints = run_checkpoints(folder)
    except CheckpointError:
        return 0
    return int(checkpoints[0].stem.rpartition('_')[2]) if checkpoints else 0


def _asked(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    loader = config.get('train_dataloader') or {}
    images, wrapper = images_of(config), loader.get('dataset') or {}
    yield 'images', ', '.join([str(images.get('type', 'unknown')), *(
        f'{key} {value}' for key, value in images.items()
        if key != 'type' and value not in (None, '') and isinstance(value, str | int))])
    crop = (wrapper.get('views') or {}).get('crop') or {}
    if size := crop.get('size', crop.get('scale')):  # mmpretrain's crops call it so
        yield 'views', f'{size} px'
    optimizer = config.get('optim_wrapper') or {}
    yield 'batch', (f'{loader.get("batch_size", "unknown")} images' + (
        f', {count} of them a step' if (count := optimizer.get('accumulative_counts', 1)) > 1
        else ''))
    chosen = optimizer.get('optimizer') or {}
    yield 'optimizer', f'{chosen.get("type", "unknown")}, learning rate {chosen.get("lr", "?")}'
    start = config.get('load_from') or (((config.get('model') or {}).get('backbone') or {}).get(
        'init_cfg') or {})
    if isinstance(start, dict):
        start = start.get('checkpoint')
    yield 'start', str(start or 'random weights')
    yield 'seed', str((config.get('randomness') or {}).get('seed', 'none'))


def _note(folder: Path) -> dict[str, str]:
    """What the lab note of a config tells, by its words: `oadp-mm pretrain` heads its own so."""
    for path in sorted(folder.glob('*.py')):
        lines = itertools.takewhile(lambda line: line.startswith('# '),
                                    path.read_text('utf-8', 'replace').splitlines())
        pairs = (line.removeprefix('# ').partition(': ') for line in lines)
        if note := {name: text for name, found, text in pairs if found}:
            return note
    return {}


def _losses(log: TrainingLog) -> Section:
    curves = {name.removeprefix('loss_'): log.curve(name) for name in log.losses()}
    parts = {name: curve for name, curve in curves.items() if name != 'loss'}
    if not any(curves.values()):
        return Section('Losses', ['None was logged yet.'])
    total = curves.get('loss', [])
    text = [f'The sum went from {total[0][1]:.3g} to {total[-1][1]:.3g}. A falling loss alone is '
            'no sign of learning: that of a collapse falls, too.'] if total else []
    return Section('Losses', text, pictures=[_curves(
        parts or curves, 'loss', 'The parts of the loss, each a mean over the steps between two '
        'points.' if parts else 'The loss, a mean over the steps between two points.')])


def _health(training: Training) -> Section:
    log, title = training.log, 'Health'
    ranks = {name: curve for name, key in _RANKS.items() if (curve := log.curve(key))}
    warned = read_warnings(training.folder)
    told = [f'Warned of: {sentence}' for sentence in warned] or ['The training warned of nothing.']
    if not ranks:
        return Section(title, ['How features spread was not logged: oadp_mm.CollapseHook was not '
                               'among custom_hooks, or the training had not begun.', *told])
    changes = '; '.join(f'{name} {curve[0][1]:.1f} to {curve[-1][1]:.1f}'
                        for name, curve in ranks.items())
    spreads = {name: curve for name, key in _SPREADS.items() if (curve := log.curve(key))}
    return Section(title, [
        f'Effective rank, from the first look to the last: {changes}. It counts the directions '
        'that features use; near 1 they have collapsed.', *told], pictures=[
            _curves(ranks, 'effective rank', 'Directions that features use. A fall is usual, '
                    'one to nearly 1 is a collapse.'),
            *([_curves(spreads, '', 'Deviation (0: all features are one point, 1: spread evenly) '
                       'and mean cosine between images (1: all are alike).')] if spreads else [])])


def _probes(log: TrainingLog) -> list[Section]:
    """What `oadp-mm pretrain --probe-every` measured in the course of it, a picture a family."""
    families: dict[str, list[str]] = {}
    for name in log.names('probe/'):
        families.setdefault(name.split('/')[1], []).append(name)
    if not families:
        return []
    return [Section('Probed while it trained', pictures=[
        _curves({name.removeprefix(f'probe/{family}/'): log.curve(name) for name in names}, family,
                f'Figures of the family {family}, of which more is better: docs/probes.md.')
        for family, names in families.items()])]


def _curves(curves: Mapping[str, list[tuple[float, float]]], ylabel: str, caption: str) -> Picture:
    return embed(draw_curves(curves, ylabel), caption, kind='svg')
