from __future__ import annotations

import re
from types import SimpleNamespace

import mmseg.models  # noqa: F401 (fills the host's registry)
import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.registry import MODELS, DefaultScope
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample

from oadp_mm.models import UpProjectionHead
from oadp_mm.ops.reverse_huber import reverse_huber

CHANNELS = (8, 8, 4, 4)


@pytest.fixture
def head() -> UpProjectionHead:
    torch.manual_seed(0)
    return UpProjectionHead(16, CHANNELS).eval()


def sample(depth: torch.Tensor) -> SimpleNamespace:
    return SimpleNamespace(gt_depth_map=PixelData(data=depth))


def test_four_blocks_enlarge_sixteen_times(head):
    assert head([torch.randn(2, 16, 8, 10)]).shape == (2, 1, 128, 160)


@pytest.mark.parametrize(('size', 'cells'), [((228, 304), (8, 10)), ((240, 320), (8, 10))])
def test_depths_lie_where_their_pixels_do(head, size, cells):
    """A depth every two pixels from the first one on, whatever the backbone's padding added."""
    maps = [torch.randn(1, 16, *cells)]
    half = head(maps)[..., :size[0] // 2, :size[1] // 2]
    made = head.depths(maps, size)
    assert made.shape[2:] == size
    # Enlarged by two, pixel 2i is (h[i-1] + 3 h[i]) / 4 and pixel 2i+1 is (3 h[i] + h[i+1]) / 4.
    pairs = made.unfold(2, 2, 2).unfold(3, 2, 2).mean((-1, -2))
    kernel = torch.tensor([1.0, 6.0, 1.0]) / 8
    smooth = torch.nn.functional.conv2d(half, (kernel[:, None] * kernel)[None, None])
    torch.testing.assert_close(pairs[..., 1:-1, 1:-1], smooth)


def test_a_crop_is_measured_as_the_image_it_comes_from(head):
    """The same cells give the same depths in images of different sizes, away from the ends."""
    maps = torch.randn(1, 16, 8, 10)
    small, large = (head.depths([maps], size) for size in ((228, 304), (240, 320)))
    torch.testing.assert_close(small[..., :-1, :-1], large[..., :227, :303])


def test_loss_is_of_the_pixels_that_have_a_depth_within_reach(head):
    maps = [torch.randn(2, 16, 1, 1)]
    truth = torch.rand(2, 1, 20, 24) * 9 + 1
    truth[0, 0, :3], truth[1, 0, 3:5] = 0, 11
    loss = head.loss(maps, [sample(depth) for depth in truth])
    valid = torch.ones_like(truth, dtype=torch.bool)
    valid[0, 0, :3], valid[1, 0, 3:5] = False, False
    assert loss == {'loss_depth': reverse_huber(head.depths(maps, (20, 24)), truth, valid)}


def test_predictions_stay_within_the_bounds(head):
    """A ratio of depths below 0 would count as right for mmseg's d1."""
    for bias, bound in ((-100, 1e-3), (100, 10)):
        torch.nn.init.constant_(head.depth.bias, bias)
        made = head.predict([torch.randn(1, 16, 1, 1)], [{'img_shape': (20, 24)}])
        assert torch.equal(made, torch.full((1, 1, 20, 24), float(bound)))


def test_the_host_builds_it_and_predicts_whole_frames():
    with DefaultScope.overwrite_default_scope('mmseg'):
        model = MODELS.build(ConfigDict(
            type='DepthEstimator', backbone=dict(type='ResNet', depth=18, out_indices=(3,)),
            decode_head=dict(type='oadp_mm.UpProjectionHead', in_channels=512, channels=CHANNELS),
            train_cfg=dict(), test_cfg=dict(mode='whole'))).eval()
    frame = SegDataSample(metainfo=dict(ori_shape=(96, 128), img_shape=(48, 64)))
    [made] = model(torch.randn(1, 3, 48, 64), [frame], mode='predict')
    assert made.pred_depth_map.data.shape == (1, 96, 128)


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (dict(channels=()), 'channels must name 1 to 5 of them for stride=32, got ()'),
    (dict(channels=(8,) * 4, stride=8), 'channels must name 1 to 3 of them for stride=8'),
    (dict(max_depth=0), 'expected 0 < min_depth < max_depth in metres, got min_depth=0.001, '),
    (dict(min_depth=0), 'expected 0 < min_depth < max_depth in metres, got min_depth=0, '),
])
def test_a_head_that_cannot_be_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        UpProjectionHead(16, **arguments)
