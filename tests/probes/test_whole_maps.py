from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from mmpretrain.models import VisionTransformer

from oadp_mm.probes.backbones import build_backbone
from oadp_mm.probes.whole_maps import (
    check_size,
    choose_layer,
    resized,
    scaled,
    seen,
    sides,
    stride_of,
)
from tests.probes.tiny_network import BACKBONE


@pytest.mark.parametrize(('shape', 'new'), [
    ((160, 213), (160, 208)), ((213, 160), (208, 160)), ((100, 100), (160, 160)),
    ((640, 650), (160, 160)), ((160, 338), (160, 336))])
def test_the_longer_side_is_the_nearest_multiple_of_the_stride(shape, new):
    assert sides(shape, 160, 16) == new


def test_boxes_move_with_their_image(tmp_path):
    """A white rectangle stays white within its box, and black outside."""
    image = np.zeros((40, 100, 3), np.uint8)
    image[10:30, 20:60] = 255
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    view = resized(tmp_path / 'a.png', 80, 16)
    assert view.shape == (3, 80, 192)
    box = scaled(np.array([[20, 10, 60, 30]]), (40, 100), (80, 192))[0].round().int().tolist()
    assert box == [38, 20, 115, 60]
    inside = view[:, box[1] + 2:box[3] - 2, box[0] + 3:box[2] - 3]
    assert inside.min() == 255
    assert int(view.float().sum()) == pytest.approx(255 * 3 * 2 * 1.92 * 20 * 40, rel=.01)


def test_a_square_view_holds_the_whole_image(tmp_path):
    """Where the left third of an image is white, so is the left third of the square."""
    image = np.zeros((40, 120, 3), np.uint8)
    image[:, :40] = 255, 0, 0
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    view = seen(tmp_path / 'a.png', 48, 16, view='square')
    assert view.shape == (3, 48, 48) and view.dtype == torch.uint8
    assert view[0, :, :14].min() == 255 and not view[0, :, 19:].any()  # blue comes first
    assert not view[1:].any()
    whole = seen(tmp_path / 'a.png', 48, 16)
    assert torch.equal(whole, resized(tmp_path / 'a.png', 48, 16))


def test_any_stage_of_a_resnet_can_be_had():
    backbone = build_backbone(BACKBONE)
    backbone.eval()
    images = torch.randn(1, 3, 32, 48)
    backbone.out_indices = (0, 1, 2, 3)
    every = backbone(images)
    for layer in range(-4, 4):
        assert torch.equal(choose_layer(backbone, layer)(images), every[layer])
    with pytest.raises(ValueError, match='ResNet has 4, give --layer from -4 to 3'):
        choose_layer(backbone, 4)
    assert [stride_of(choose_layer(backbone, i), '') for i in range(4)] == [4, 8, 16, 16]


def test_the_tokens_of_a_transformer_become_a_map():
    backbone = VisionTransformer(
        dict(embed_dims=16, num_layers=2, num_heads=2, feedforward_channels=16), img_size=32,
        patch_size=16)
    maps = choose_layer(backbone, -1)
    assert stride_of(maps, '') == 16
    images = torch.randn(1, 3, 32, 48)
    found = maps(images)
    backbone.out_type = 'raw'
    assert torch.equal(found[0].flatten(1).T, backbone(images)[0][0, 1:])
    assert found.shape == (1, 16, 2, 3)
    assert not torch.equal(choose_layer(backbone, 0)(images), found)


def test_a_network_of_one_channel_is_refused():
    backbone = build_backbone({**BACKBONE, 'in_channels': 1})
    with pytest.raises(ValueError, match=r'a\.pth does not take images of 3 channels'):
        stride_of(choose_layer(backbone, -1), 'a.pth')


def test_a_network_that_returns_vectors_is_refused():
    with pytest.raises(ValueError, match=r'returned \(1, 12\): have it return maps'):
        choose_layer(torch.nn.Flatten(), -1)(torch.zeros(1, 3, 2, 2))
    with pytest.raises(ValueError, match='Identity returns 1, give --layer from -1 to 0'):
        choose_layer(torch.nn.Identity(), 1)(torch.zeros(1, 3, 2, 2))


@pytest.mark.parametrize(('size', 'advice'), [(100, 'give 96 or 112'), (8, 'give 16 or 32')])
def test_a_size_that_the_stride_does_not_divide_is_refused(size, advice):
    check_size(96, 16, 'a.pth')
    with pytest.raises(ValueError, match=advice):
        check_size(size, 16, 'a.pth')
