"""SoCo's fine-tuning against its text (4.2, 4.5), its authors' configs and its hosts' recipes."""
from __future__ import annotations

import re
from pathlib import Path

import mmdet
import pytest
from mmengine.config import Config

from tests.configs.leaves import LEAVES, ROW, option


@pytest.mark.parametrize(('name', 'key', 'value'), [
    # SoCo's configs of LVIS
    ('mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py', 'model.test_cfg.rcnn.score_thr', 0.0001),
    ('mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py', 'model.test_cfg.rcnn.max_per_img', 300),
    ('mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_lvis.py', 'train_dataloader.dataset.oversample_thr',
     0.001),
    # 5 and 10 % of the 117,266 images of train2017 that have boxes
    ('mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_mini-coco.py', 'train_dataloader.dataset.indices',
     round(0.05 * 117266)),
    (f'mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_mini-coco.py{ROW}10pct',
     'train_dataloader.dataset.indices', round(0.1 * 117266)),
])
def test_setting(name, key, value, load):
    assert option(load(f'benchmarks/{name}'), key) == value


@pytest.mark.parametrize('name', [name for name in LEAVES if re.search('/(fcos|retinanet)_.*-parts',
                                                                       name)])
def test_one_stage_detectors_follow_their_host(name, load):
    """SoCo 4.5: MMDetection's default optimization: one size, a warm-up of 500 steps."""
    config = load(name)
    resize, = (step for step in config.train_dataloader.dataset.pipeline if 'Resize' in step.type)
    assert resize == {'type': 'Resize', 'scale': (1333, 800), 'keep_ratio': True}
    assert config.param_scheduler[0].end == 500


def test_fcos_is_the_hosts_but_for_what_was_pretrained(load):
    """Built side by side with the host's own config, on the text of which it does not stand."""
    ours = load('benchmarks/fcos_resnet50-fpn-parts_8xb2-90k_coco.py')
    host = Config.fromfile(Path(mmdet.__file__).parent / '.mim/configs/fcos'
                           / 'fcos_r50-caffe_fpn_gn-head_1x_coco.py')
    for key in ('bbox_head', 'test_cfg', 'type'):
        assert ours.model[key] == host.model[key]
    neck = ours.model.neck.to_dict()
    assert neck.pop('norm_cfg') and neck.pop('init_cfg')
    assert neck == host.model.neck
    # The factor of the warm-up, clipping and biases.
    assert ours.param_scheduler[0].factor == host.param_scheduler[0].factor
    assert ours.optim_wrapper.clip_grad.max_norm == host.optim_wrapper.clip_grad.max_norm
    assert ours.optim_wrapper.paramwise_cfg == {
        **host.optim_wrapper.paramwise_cfg, 'norm_decay_mult': 0}
