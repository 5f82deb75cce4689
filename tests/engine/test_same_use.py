"""What a file tells of its use is what the built training had, and each difference is named."""
from __future__ import annotations

import json
from types import SimpleNamespace

import mmdet.models
import mmpretrain.models
import mmseg.models
import pytest
from mmdet.models.roi_heads.shared_heads import ResLayer
from mmengine.registry import MODELS, DefaultScope
from torch import nn

from oadp_mm.engine.same_use import Use, differences, unknown, use_in_model, use_of_file
from oadp_mm.files.backbone_file import history
from tests.configs.leaves import LEAVES, is_pretraining, load

MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
OURS = Use(MEAN, STD, 'RGB', 'pytorch')
#: One pretraining for each combination of what is compared.
DISTINCT = {str((config.model.backbone, config.model.data_preprocessor)): name for name in LEAVES
            if is_pretraining(config := load(name))}


def _model(preprocessor, style=None):
    """A detector's two parts; the backbone is a bottleneck, if it has a style."""
    block = nn.Module()
    if style is not None:
        block.style, block.conv3 = style, nn.Identity()
    return SimpleNamespace(data_preprocessor=preprocessor), block


@pytest.mark.parametrize('name', DISTINCT.values())
def test_the_text_of_a_training_tells_what_its_modules_do(name):
    """Defaults of classes, which no config writes down, included."""
    config = load(name)
    told = use_of_file(history({'cfg': config.pretty_text}))
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        backbone = MODELS.build(config.model.backbone)
        preprocessor = MODELS.build(config.model.data_preprocessor)
    built = use_in_model(SimpleNamespace(data_preprocessor=preprocessor), backbone)
    assert built.channels is None  # ours knows one order and has no switch for it
    assert told == built._replace(channels='RGB')
    assert (told.mean, told.std) == (MEAN, STD)


@pytest.mark.parametrize(('build', 'turn'), [
    (mmdet.models.DetDataPreprocessor, 'bgr_to_rgb'),
    (mmseg.models.SegDataPreProcessor, 'bgr_to_rgb'),
    (mmpretrain.models.ClsDataPreprocessor, 'to_rgb'),
    (mmpretrain.models.SelfSupDataPreprocessor, 'to_rgb'),
])
def test_every_host_is_read(build, turn):
    right = use_in_model(*_model(build(mean=MEAN, std=STD, **{turn: True}), style='pytorch'))
    assert not differences(OURS, right)
    assert not unknown(OURS, right)
    wrong = use_in_model(*_model(build(mean=MEAN[::-1], std=STD, **{turn: False}), style='caffe'))
    found = differences(OURS, wrong)
    assert [line.split()[0] for line in found] == ['mean', 'channels', 'style']
    assert found[0] == (
        'mean was [123.675, 116.28, 103.53] in the training of the file and is [103.53, 116.28, '
        '123.675] in the model: set model.data_preprocessor.mean=[123.675, 116.28, 103.53]')
    assert found[1].endswith(': set model.data_preprocessor.bgr_to_rgb=True (to_rgb in a '
                             'classifier of mmpretrain)')
    assert found[2].endswith(": set model.backbone.style='pytorch'")


@pytest.mark.parametrize(('build', 'style'), [
    (lambda style: mmpretrain.models.ResNet(depth=50, style=style), 'caffe'),
    (lambda style: mmdet.models.ResNet(depth=50, style=style), 'caffe'),
    (lambda style: mmseg.models.ResNet(depth=50, style=style), 'caffe'),
    (lambda style: ResLayer(depth=50, style=style), 'caffe'),
    (lambda style: mmdet.models.ResNet(depth=18, style=style), None),  # nothing depends on it
])
def test_the_style_is_that_of_the_bottlenecks(build, style):
    assert use_in_model(SimpleNamespace(), build('caffe')).style == style


def test_what_one_side_does_not_tell_is_not_compared():
    bare = use_in_model(*_model(mmdet.models.DetDataPreprocessor()))
    assert bare == Use()
    assert not differences(OURS, bare)
    assert unknown(OURS, bare) == ['mean', 'std', 'channels', 'style']
    assert not unknown(bare, bare)


@pytest.mark.parametrize('text', ['{', '[]', 'null', '3'])
def test_metadata_of_another_kind_are_unknown(text):
    assert use_of_file({'architecture': text, 'preprocessor': text}) == Use()
    assert use_of_file({'architecture': json.dumps({'style': 'caffe'})}) == Use(style='caffe')
