from __future__ import annotations

import json

import pytest

from oadp_mm.demo.figures import read_figures


def log(work_dir, stage, metrics):
    path = work_dir / stage / '20260101/vis_data/scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({**metrics, 'step': 1}))


def test_rows_are_in_percent_with_their_difference(tmp_path):
    log(tmp_path, 'mask-rcnn_oadp', {'coco/bbox_mAP': .125, 'coco/segm_mAP': .1})
    log(tmp_path, 'mask-rcnn_random', {'coco/bbox_mAP': .15, 'coco/segm_mAP': .05})
    log(tmp_path, 'fcn_oadp', {'mIoU': 40.26})
    log(tmp_path, 'fcn_random', {'mIoU': 30.0})
    assert read_figures(tmp_path).table().rows == [
        ['OADP', '12.5', '10.0', '40.3'],
        ['random initialisation', '15.0', '5.0', '30.0'],
        ['difference', '-2.5', '+5.0', '+10.3'],
    ]


def test_a_training_without_validation_is_said(tmp_path):
    log(tmp_path, 'mask-rcnn_oadp', {'lr': .1, 'loss': 1.0})
    with pytest.raises(ValueError, match='mask-rcnn_oadp holds no coco/bbox_mAP'):
        read_figures(tmp_path)
