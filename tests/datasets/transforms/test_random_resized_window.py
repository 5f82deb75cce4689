from __future__ import annotations

import numpy as np
import pytest
from mmpretrain.datasets import RandomResizedCrop

from oadp_mm.datasets.transforms import RandomResizedWindow


@pytest.mark.parametrize('options', [
    {'scale': 32}, {'scale': (24, 40), 'crop_ratio_range': (0.2, 1.0), 'interpolation': 'bicubic'},
    {'scale': 32, 'backend': 'pillow'}], ids=str)
def test_pixels_and_draws_are_the_host_s(options):
    image = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    seen = []
    for kind in (RandomResizedCrop, RandomResizedWindow):
        np.random.seed(3)  # noqa: NPY002
        crop = kind(**options)
        seen.append([crop({'img': image})['img'] for _ in range(5)])
    np.testing.assert_array_equal(*seen)


@pytest.mark.parametrize('shape', [(50, 60), (5, 200), (200, 5)])
def test_the_window_is_what_was_cut(shape):
    """The view is the window's rectangle, resized; thin images take the host's fallback."""
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    crop = RandomResizedWindow(16)
    for _ in range(10):
        results = crop({'img': image})
        np.testing.assert_array_equal(results['window'].cut(image), results['img'])
