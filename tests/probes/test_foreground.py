from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

from oadp_mm.files.backbone_file import FORMAT
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.models import ORL, SCD
from oadp_mm.ops.pooling import whole_and_map
from oadp_mm.probes.foreground import read_foreground_model, with_foreground
from oadp_mm.probes.heat import heat_maps, only_channel
from oadp_mm.probes.networks import read_networks
from tests.probes.foreground_checkpoints import (
    OTHER,
    RED,
    model_config,
    quadrants,
    red_tensors,
    save,
    save_resnet,
)

COLOURS = {'red': (255, 0, 0), 'blue': (0, 0, 255), 'black': (0, 0, 0), 'yellow': (255, 255, 0)}


@pytest.mark.parametrize(('height', 'width'), [(128, 128), (640, 320), (10, 30)])
def test_the_online_network_fires_where_it_should_on_images_of_any_shape(height, width, tmp_path):
    image = quadrants(*(COLOURS[name] for name in ('red', 'blue', 'black', 'yellow')),
                      height=height, width=width)
    # Of 4 x 4 cells, 2 x 2 lie in each quadrant.
    saliency = read_foreground_model(save(tmp_path / 'a.pth'))(image[..., ::-1], 128)
    expected = np.full((4, 4), OTHER)
    expected[:2, :2] = expected[2:, 2:] = RED
    assert saliency.shape == (4, 4)
    # An enlarged image is blurred where two colours meet, far from its corners.
    exact = slice(None, None, 3 if height < 128 else 1)
    assert np.allclose(saliency[exact, exact], expected[exact, exact], atol=1e-6)


@pytest.mark.parametrize('algorithm', [SCD, ORL])
@pytest.mark.parametrize('backbone', [
    {'type': 'mmpretrain.ResNet', 'depth': 18, 'stem_channels': 16, 'base_channels': 16,
     'norm_cfg': {'type': 'BN', 'requires_grad': True},
     'init_cfg': {'type': 'Pretrained', 'checkpoint': 'absent.pth'}},
    {'type': 'MoCoV3ViT', 'out_type': 'raw', 'img_size': 224, 'patch_size': 16, 'arch': {
        'embed_dims': 32, 'num_layers': 1, 'num_heads': 2, 'feedforward_channels': 32}},
])
def test_it_sees_what_the_training_model_sees(backbone, algorithm, tmp_path):
    small = {'hidden_channels': 8, 'out_channels': 4}
    config = model_config(type=f'oadp_mm.{algorithm.__name__}', backbone=backbone,
                          head={'type': 'oadp_mm.PredictiveHead', **small},
                          semantic_head={'type': 'oadp_mm.SemanticHead', 'projector': small})
    settings = {key: value for key, value in config.items() if key != 'type'}
    settings['backbone'] = {key: value for key, value in backbone.items() if key != 'init_cfg'}
    trained = algorithm(**settings).eval()
    with torch.no_grad():
        for parameter in trained.parameters():  # targets included, so that each is its own
            parameter.add_(.1 * torch.randn_like(parameter))
    path = tmp_path / 'epoch_1.pth'
    torch.save({'state_dict': trained.state_dict(),
                'meta': {'cfg': Config({'model': config}).pretty_text}}, path)
    image = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    rgb = torch.from_numpy(image[..., ::-1].copy())
    view = (rgb.permute(2, 0, 1)[None].float() - 127.5) / 127.5
    with torch.no_grad():
        _, features = whole_and_map(trained.backbone(view)[-1])
        expected = trained.semantic_head.saliency(features)[0]
    assert expected.max() - expected.min() > .01
    assert np.allclose(read_foreground_model(path)(image, 224), expected, atol=1e-6)


def _without(key: str) -> dict:
    return {name: tensor for name, tensor in red_tensors().items() if name != key}


def test_files_of_other_trainings_are_refused_by_what_they_are(tmp_path):
    rest = {key: tensor for key, tensor in red_tensors().items() if 'saliency' not in key}
    path = tmp_path / 'a.pth'
    for kind in ('oadp_mm.OADP', 'oadp_mm.SCD'):  # SCD of loss_weight 0 has none either
        save(path, rest, type=kind)
        with pytest.raises(CheckpointError, match=f'but a training of {kind}: give .*epoch_N'):
            read_foreground_model(path)
    torch.save({'state_dict': rest, 'meta': {'format': FORMAT, 'method': 'oadp_mm.SCD'}}, path)
    with pytest.raises(CheckpointError, match=r'but a backbone exported from oadp_mm\.SCD'):
        read_foreground_model(path)
    torch.save(rest, path)
    with pytest.raises(CheckpointError, match=r'but tensors of .*head\. 1'):
        read_foreground_model(path)
    torch.save(red_tensors(), path)
    with pytest.raises(CheckpointError, match='lacks the config of its training'):
        read_foreground_model(path)


@pytest.mark.parametrize(('tensors', 'named'), [
    (_without('semantic_head.saliency.layers.3.bias'), r'1 missing: layers\.3\.bias;'),
    ({**red_tensors(), 'backbone.more': torch.ones(1)}, '1 unexpected: more;'),
    ({**red_tensors(), 'backbone.mean.weight': torch.ones(3, 1, 8, 8)},
     r'1 misshapen: mean\.weight \(file \(3, 1, 8, 8\), '),
    ({**red_tensors(), 'semantic_head.saliency.layers.1.bias': torch.full((3,), torch.nan)}, 'NaN'),
    (_without('backbone.mean.weight'), "no tensor under 'backbone.'"),
])
def test_networks_are_loaded_completely_or_not_at_all(tensors, named, tmp_path):
    with pytest.raises(CheckpointError, match=named):
        read_foreground_model(save(tmp_path / 'a.pth', tensors))


@pytest.mark.parametrize('name', ['os.mkdir', 'mmengine.os.mkdir', 'mkdir', 'mmpretrain.mkdir'])
@pytest.mark.parametrize('place', ['backbone', 'data_preprocessor', 'layer'])
def test_a_config_calls_no_function_that_it_names(name, place, tmp_path):
    # mmengine's build would call `os.mkdir(path=...)`.
    trap = {'type': name, 'path': str(tmp_path / 'made')}
    change = {'backbone': {'type': 'CellMeans', 'plugins': [{'cfg': trap}]}} if place == 'layer' \
        else {place: trap}
    with pytest.raises(CheckpointError, match=f'{name}.*not built from a file'):
        read_foreground_model(save(tmp_path / 'a.pth', **change))
    assert not (tmp_path / 'made').exists()


@pytest.mark.parametrize(('change', 'sentence'), [
    ({'backbone': {'type': 'LinearClsHead'}}, 'no registered BaseBackbone'),
    ({'backbone': {'type': 'TIMMBackbone', 'model_name': 'any'}}, 'no registered BaseBackbone'),
    ({'data_preprocessor': {'type': 'CellMeans'}}, 'no registered BaseDataPreprocessor'),
    ({'backbone': {'type': 'CellMeans', 'sides': 3}}, 'cannot be built from the config .*sides'),
])
def test_a_config_that_cannot_be_built_is_one_sentence(change, sentence, tmp_path):
    with pytest.raises(CheckpointError, match=sentence) as error:
        read_foreground_model(save(tmp_path / 'a.pth', **change))
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('folder', [False, True])
def test_maps_of_checkpoints_and_untrained_networks_stand_side_by_side(folder, tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    photo, path = tmp_path / 'photo.png', save_resnet(tmp_path / 'epoch_3.pth', seed=1)
    cv2.imwrite(str(photo), image)
    words = [str(tmp_path if folder else path), 'random', 'random:1', 'random']
    trained, *untrained, again = (
        heat_maps(with_foreground(network), [photo], [], 64, heat_of=only_channel)[0]
        for network in read_networks(words))
    assert np.ptp(trained) > 0.01
    np.testing.assert_allclose(trained, read_foreground_model(path)(image, 64), atol=1e-6)
    assert all(found.shape == trained.shape for found in untrained)
    assert all(((found > 0) & (found < 1)).all() and np.ptp(found) > 0 for found in untrained)
    assert not np.allclose(*untrained)
    np.testing.assert_array_equal(untrained[0], again)
