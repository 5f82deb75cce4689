from __future__ import annotations

import numpy as np
import pytest
from mmengine.config import Config

from oadp_mm.pictures.views import make_views


def config(*transforms: list) -> Config:
    steps = [{'type': 'oadp_mm.LoadImage'},
             {'type': 'MultiView', 'num_views': [1] * len(transforms),
              'transforms': list(transforms)},
             {'type': 'PackInputs'}]
    return Config({'train_dataloader': {'dataset': {'pipeline': steps}}})


def crop(side: int) -> list:
    return [{'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': side, 'scale': (1.0, 1.0),
             'ratio': (1.0, 1.0), 'start': 0}]


def test_views_are_rgb_in_the_order_of_the_config():
    image = np.zeros((16, 16, 3), np.uint8)
    image[..., 0] = 200  # blue, in OpenCV's order
    small, large = make_views(config(crop(8), crop(16)), image)
    assert small.shape == (8, 8, 3)
    assert large.shape == (16, 16, 3)
    assert (small == [0, 0, 200]).all()


def test_the_seed_decides():
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    step = [{'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 8, 'scale': (.1, .6)}]
    one, again, other = (make_views(config(step, step), image, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_other_configs_are_refused():
    image = np.zeros((16, 16, 3), np.uint8)
    with pytest.raises(ValueError, match=r'no train_dataloader\.dataset\.pipeline'):
        make_views(Config({}), image)
    with pytest.raises(ValueError, match='no two views'):
        make_views(config(crop(8)), image)
