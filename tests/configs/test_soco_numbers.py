"""SoCo's pretraining against its text (3, 4.1, 4.4) and, where the header says so, its code.

No number is copied from a config.
"""
from __future__ import annotations

import math
import re

import pytest
from mmengine.registry import OPTIMIZERS
from torch import nn

from oadp_mm.engine.lars import LARS
from tests.configs.leaves import CASES, LEAVES, ROW, option, view_sides, views
from tests.configs.rates import EPOCH, learning_rates
from tests.configs.test_ablations import flat, settings

RECIPES = [name for name in LEAVES if re.match('soco/soco(-star)?_resnet50', name)]
FPN = 'soco/soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'
#: Sides of the views, least share of an image in a crop, jitter, and cutout of the released code.
VIEWS = {
    'soco_resnet50-fpn_16xb128-coslr-100e_in1k': ([224, 224, 112], 0.5, 0.1, 0.5),
    'soco_resnet50-fpn_16xb128-coslr-400e_in1k': ([224, 224, 112], 0.5, 0.1, 0),
    'soco_resnet50-c4_16xb128-coslr-100e_in1k': ([224, 224], 0.6, 0, 0.5),
    'soco_resnet50-c4_16xb128-coslr-400e_in1k': ([224, 224], 0.6, 0, 0.5),
    'soco-star_resnet50-fpn_16xb128-coslr-400e_in1k': ([224, 224, 192, 112], 0.5, 0.1, 0),
    'soco_resnet50-fpn_16xb128-coslr-100e_coco-unlabeled': ([224, 224, 112], 0.5, 0.1, 0),
    'soco_resnet50-fpn_16xb128-coslr-530e_coco-unlabeled': ([224, 224, 112], 0.5, 0.1, 0),
}
DATA = {'in1k': 'data/imagenet/train',
        'coco-unlabeled': ['data/coco/train2017', 'data/coco/unlabeled2017']}


def test_every_recipe_is_in_the_table():
    assert {f'soco/{name}.py' for name in VIEWS} == set(RECIPES)


@pytest.mark.parametrize('name', RECIPES)
class TestRecipe:
    def test_optimizer(self, name, load):
        """4.1, S-9: LARS, 1e-5, 1.0 for 256 images, 2,048 images on 16 GPUs."""
        config = load(name)
        optimizer = OPTIMIZERS.build({
            **config.optim_wrapper.optimizer, 'params': [nn.Parameter(nn.Linear(1, 1).weight)]})
        assert type(optimizer) is LARS
        [group] = optimizer.param_groups
        assert (group['momentum'], group['weight_decay'], group['trust']) == (0.9, 1e-5, 1e-3)
        assert group['lr'] == 2048 / 256
        assert 16 * config.train_dataloader.batch_size == 2048
        assert config.auto_scale_lr.base_batch_size == 2048

    def test_rates(self, name, load):
        """10 epochs from a hundredth, then a cosine to 1e-6."""
        rates, epochs = learning_rates(load(name)), load(name).train_cfg.max_epochs
        steps, warm = epochs * EPOCH, 10 * EPOCH
        assert len(rates) == steps
        for step in (0, 1, warm - 1):
            assert rates[step] == pytest.approx(8 * (0.01 + 0.99 * step / (warm - 1)))
        for step in (warm, warm + 1, steps // 2, steps - 1):
            share = (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2
            assert rates[step] == pytest.approx(1e-6 + (8 - 1e-6) * share)

    def test_network(self, name, load, outline):
        """3.3 and 4.1."""
        model = outline(load(name).model)
        assert (model.ema_decay, model.final_ema_decay) == (0.99, 1)
        widths = [[layer.weight.shape[::-1] for layer in mlp.modules()
                   if isinstance(layer, nn.Linear)]
                  for mlp in (model.head.projector, model.head.predictor)]
        first = 2048 if 'c4' in name else 1024
        assert widths == [[(first, 4096), (4096, 256)], [(256, 4096), (4096, 256)]]
        assert not model.all_levels  # S-5
        if 'c4' in name:
            assert model.neck is model.box_head is None
            assert (model.on_c4, model.roi_size) == (True, 14)
        else:
            assert model.neck.out_channels == [256] * 4
            assert [conv.conv.weight.shape for conv in model.box_head.shared_convs] == [
                (256, 256, 3, 3)] * 4
            assert model.box_head.shared_fcs[0].weight.shape == (1024, 256 * 7 * 7)
            assert model.bounds == (48, 96, 192, 224)

    def test_views(self, name, load):
        """V1 is the whole image, and each other view is compared with it both ways."""
        config = load(name)
        sides, least, jitter, cutout = VIEWS[name[len('soco/'):-len('.py')]]
        made = views(config)
        assert view_sides(config) == sides
        assert made[0][0]['type'] == 'oadp_mm.ResizedWindow' and 'like' not in made[0][0]
        for crop, *_ in made[1:3]:
            assert (crop['type'], crop['crop_ratio_range']) == (
                'oadp_mm.RandomResizedWindow', (least, 1))
        assert all(crop['like'] == 'view2' for crop, *_ in made[3:])
        boxes = config.train_dataloader.dataset.views.boxes
        assert (boxes.count, boxes.jitter, boxes.get('cutout', 0)) == (4, jitter, cutout)
        pairs = {(0, other) for other in range(1, len(sides))}
        told = config.model.get('pairs', ((0, 1), (1, 0), (0, 2), (2, 0)))
        assert set(told) == pairs | {pair[::-1] for pair in pairs} and len(told) == 2 * len(pairs)

    def test_data(self, name, load):
        dataset = load(name).train_dataloader.dataset
        assert dataset.dataset.data_root == DATA[name.rsplit('e_', 1)[1].removesuffix('.py')]


VIEW, BOXES = (f'train_dataloader.dataset.views.{part}.' for part in ('each.view3.crop', 'boxes'))
RESIZED = {VIEW + 'type': 'oadp_mm.ResizedWindow', VIEW + 'like': 'view2'}
#: Rows of Table 5 and of readings -> what differs from the FPN form of 100 epochs.
CHANGES = {
    **{f'table5_{ROW}view{side}': {VIEW + 'scale': side} for side in (96, 128, 160, 192)},
    **{f'table5_{ROW}batch{images}': {
        'train_dataloader.batch_size': images // 16, 'auto_scale_lr.base_batch_size': images,
        'optim_wrapper.optimizer.lr': images / 256} for images in (512, 1024, 4096)},
    **{f'table5_{ROW}boxes{count}': {BOXES + 'count': count} for count in (1, 8, 16)},
    f'table5_{ROW}ema098': {'model.ema_decay': 0.98},
    f'table5_{ROW}ema0993': {'model.ema_decay': 0.993},
    f'readings_{ROW}resized-view3': RESIZED,
    f'readings_{ROW}no-cutout': {BOXES + 'cutout': 0},
    f'readings_{ROW}paper-views': {**RESIZED, BOXES + 'cutout': 0},
    f'readings_{ROW}corner-jitter': {BOXES + 'jitter_of': 'corner'},
    f'readings_{ROW}all-levels': {'model.all_levels': True},
}
#: Table 4: neck, box head, scale-aware levels, proposals, jitter.
PARTS = {
    'whole-image': (False, False, False, False, False),
    'search': (False, False, False, True, False),
    'fpn': (True, False, False, True, False),
    'head': (True, True, False, True, False),
    'levels': (True, True, True, True, False),
    'jitter': (True, True, True, True, True),
}


def case(row: str) -> str:
    table, _, name = row.partition(ROW)
    return f'soco/ablations/soco_{table}16xb128-coslr-100e_in1k.py{ROW}{name}'


def test_every_ablation_is_in_the_table():
    assert {name for name in CASES if name.startswith('soco/ablations/')} == {
        *map(case, CHANGES), *(case(f'table4-parts_{ROW}{row}') for row in PARTS)}


@pytest.mark.parametrize('row', CHANGES)
def test_a_row_changes_what_it_says(row, load):
    base, changed = (flat(settings(load(name).to_dict())) for name in (FPN, case(row)))
    found = {key: value for key, value in changed.items()
             if base.get(key) != value and not key.startswith(('chosen', 'RESIZED', 'UNCUT'))}
    assert found == CHANGES[row]
    assert set(base) <= set(changed)


@pytest.mark.parametrize('row', PARTS)
def test_parts_of_table_4(row, load, outline):
    config = load(case(f'table4-parts_{ROW}{row}'))
    model, boxes = outline(config.model), config.train_dataloader.dataset.views.boxes
    found = (model.neck is not None, model.box_head is not None,
             model.bounds == (48, 96, 192, 224),
             bool(config.train_dataloader.dataset.proposals.files), boxes.jitter == 0.1)
    assert found == PARTS[row]
    assert view_sides(config) == [224, 224] and model.pairs == ((0, 1), (1, 0))
    assert boxes.count == (4 if found[3] else 1)
    if model.neck is not None and not found[2]:  # all on P4
        assert model.bounds[:2] == (0, 0) and model.bounds[2] > 224


@pytest.mark.parametrize('name', [name for name in LEAVES if re.match('soco/soco_resnet18', name)])
def test_small_forms_keep_proportions(name, load):
    """Levels, and the third view, are those of 224 px in small."""
    config = load(name)
    first, second, third = view_sides(config)
    assert first == second == 2 * third
    assert list(option(config, 'model.bounds')) == pytest.approx(
        [bound * first / 224 for bound in (48, 96, 192, 224)], rel=2e-3)
