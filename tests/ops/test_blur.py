from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from oadp_mm.ops.blur import pillow_blur, pillow_kernel
from tests.oracles.stock_augmentations import PICTURES, TEXTURED

SIGMAS = (0.1, 0.3, 0.5, 0.8, 1.0, 1.41421, 1.5, 2.0, 3.3)


@pytest.mark.parametrize('sigma', [0.0, *SIGMAS])
def test_a_kernel_keeps_levels_and_has_the_variance(sigma):
    kernel = pillow_kernel(sigma)
    places = np.arange(len(kernel)) - len(kernel) // 2
    assert kernel.sum() == pytest.approx(1)
    assert kernel @ places ** 2 == pytest.approx(sigma ** 2)
    np.testing.assert_array_equal(kernel, kernel[::-1])
    assert (kernel >= 0).all()


@pytest.mark.parametrize('picture', PICTURES)
def test_pixels_are_pillow_s(picture):
    """Each of its six passes rounds by half a level, ours once, but where the border is repeated.

    An average passes an error on no larger: 3 1/2 levels in all, of which whole ones show.
    """
    image = np.ascontiguousarray(PICTURES[picture])
    for sigma in SIGMAS:
        result = pillow_blur(PICTURES[picture], sigma)
        assert (result.dtype, result.shape) == (np.uint8, image.shape)
        expected = np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(sigma)))
        reach = len(pillow_kernel(sigma)) // 2
        away = np.abs(result.astype(int) - expected)[reach:-reach, reach:-reach]
        assert away.max(initial=0) <= 3
        if picture in TEXTURED and picture != 'noise':
            assert away.mean() <= 0.7


def test_one_sigma_is_not_another():
    """What the limits above are worth."""
    image = PICTURES['astronaut']
    for sigma, other in ((0.5, 0.8), (1.0, 1.2), (1.5, 2.0)):
        away = np.abs(pillow_blur(image, sigma).astype(int) - pillow_blur(image, other))
        assert away.max() > 3 and away.mean() > 0.7


@pytest.mark.parametrize('shape', [(1, 1), (1, 9), (9, 1), (2, 3), (20, 30)])
def test_one_level_stays(shape):
    image = np.full((*shape, 3), 201, np.uint8)
    for sigma in SIGMAS:
        np.testing.assert_array_equal(pillow_blur(image, sigma), image)
