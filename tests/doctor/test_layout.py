"""How views of a size are cut, by each kind of model."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from mmengine.config import Config

from oadp_mm.doctor.layout import layout, view_side
from oadp_mm.models.selectors.patch_selector import PatchSelector


def test_pools_of_a_grid():
    """Large patches of 2x2 cells have 6x6 places in 7x7 cells; k is two thirds of those."""
    model = SimpleNamespace(selector=PatchSelector())
    assert layout(model, 224) == (
        'views of 224 px are 7x7 cells of 32 px: pools of 24 of 49 small and 36 large patches')


def test_views_that_are_no_grid_are_refused():
    with pytest.raises(ValueError, match='100'):
        layout(SimpleNamespace(selector=PatchSelector()), 100)


def test_regions_and_levels_and_others():
    assert layout(SimpleNamespace(region=(3, 5), stride=32), 224).endswith(
        '7x7 cells of 32 px: regions of 3 to 5 cells a side')
    assert '48, 96, 192 px' in layout(SimpleNamespace(bounds=(48, 96, 192)), 224)
    assert layout(SimpleNamespace(), 96) == 'views of 96 px'


def test_the_side_of_a_config():
    def config(**dataset):
        return Config(dict(train_dataloader=dict(dataset=dataset)))

    assert view_side(config(views=dict(crop=dict(size=128)))) == 128
    assert view_side(config(views=dict(crop=dict(scale=96)))) == 96
    assert view_side(config(type='CocoDataset')) == 0
