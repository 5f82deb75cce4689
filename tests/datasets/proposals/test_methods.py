from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.proposals.engine import SelectiveSearch
from oadp_mm.datasets.proposals.methods import OPENCV, engine_of


@pytest.mark.parametrize(('method', 'scale', 'min_size'),
                         [('soco-code', 300, 100), ('soco-paper', 500, 10)])
def test_the_numbers_of_the_paper_and_of_its_code(method, scale, min_size):
    """methods.md, S-1: 500/.9/10 in appendix A, 300/.9/100 in the code; one mix, whole images."""
    assert engine_of(method, {}) == SelectiveSearch((scale,), .9, min_size, (True,), None, 'rgb')


def test_a_method_can_be_changed():
    assert engine_of('fast', dict(scales=(10.,), long_side=None)) == SelectiveSearch(
        scales=(10.,), long_side=None)


def test_without_ximgproc_opencv_is_refused(monkeypatch):
    monkeypatch.delattr(cv2, 'ximgproc', raising=False)
    with pytest.raises(ValueError, match=r'^OpenCV 4\S+ has no ximgproc: choose another --method'):
        engine_of(OPENCV, {})


@pytest.fixture
def fake_opencv(monkeypatch) -> None:
    """Rectangles (x, y, w, h), one of them twice, as OpenCV returns them: in any order."""
    class Search:
        def setBaseImage(self, image):
            self.size = image.shape[1::-1]

        def switchToSelectiveSearchFast(self):
            pass

        def process(self):
            rectangles = [(1, 2, 3, 4), (0, 0, *self.size), (1, 2, 3, 4), (5, 5, 10, 20)]
            return np.random.permutation(rectangles).astype(np.int32)  # noqa: NPY002

    segmentation = SimpleNamespace(createSelectiveSearchSegmentation=Search)
    monkeypatch.setattr(cv2, 'ximgproc', SimpleNamespace(segmentation=segmentation), raising=False)


def test_opencvs_boxes_get_an_order_of_our_own(fake_opencv):
    engine = engine_of(OPENCV, dict(long_side=50))
    image = np.zeros((60, 100, 3), np.uint8)
    found = [engine.propose(image, np.random.default_rng(3)) for _ in range(5)]
    for boxes in found[1:]:
        np.testing.assert_array_equal(boxes, found[0])
    assert sorted(found[0].tolist()) == [[0, 0, 100, 60], [2, 4, 8, 12], [10, 10, 30, 50]]
    assert found[0].dtype == np.int32
    assert engine.parameters() == {'long_side': 50, 'version': 1, 'opencv': cv2.__version__}


def test_opencv_takes_no_other_parameters(fake_opencv):
    with pytest.raises(ValueError, match='opencv-fast has no scales, sigma: leave it out'):
        engine_of(OPENCV, dict(scales=(1,), sigma=1, long_side=320))
