from __future__ import annotations

import numpy as np
import pytest
from mmpretrain.datasets import RandomResizedCrop

from oadp_mm.datasets.transforms import RandomResizedWindow


@pytest.mark.parametrize('options', [
    {'scale': 32}, {'scale': (24, 40), 'crop_ratio_range': (0.2, 1.0), 'interpolation': 'bicubic'},
], ids=str)
def test_draws_are_the_host_s_and_so_are_pixels_to_a_level(options):
    image = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    seen = []
    for kind, backend in ((RandomResizedCrop, {'backend': 'pillow'}), (RandomResizedWindow, {})):
        np.random.seed(3)  # noqa: NPY002
        crop = kind(**options, **backend)
        seen.append([crop({'img': image})['img'].astype(int) for _ in range(5)])
    np.testing.assert_allclose(*seen, rtol=0, atol=1)


@pytest.mark.parametrize('shape', [(50, 60), (5, 200), (200, 5)])
def test_the_window_is_what_was_cut(shape):
    """The view is the window's rectangle, resized; thin images take the host's fallback."""
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    crop = RandomResizedWindow(16)
    for _ in range(10):
        results = crop({'img': image})
        np.testing.assert_array_equal(results['window'].cut(image), results['img'])
        assert results['img_shape'] == (16, 16)


def test_an_unknown_interpolation_is_refused_at_construction():
    with pytest.raises(ValueError, match="must be 'bilinear' or 'bicubic', got 'area'"):
        RandomResizedWindow(16, interpolation='area')
