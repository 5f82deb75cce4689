from __future__ import annotations

import json

import pytest

from oadp_mm.reports.training_log import read_training_log


def write(folder, name, rows):
    path = folder / name / 'vis_data/scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text(''.join(json.dumps(row) + '\n' for row in rows))


def test_a_resumed_training_overwrites_what_it_redid(tmp_path):
    write(tmp_path, '20260101_000000', [
        {'lr': .1, 'loss': 3.0, 'loss_local': 1.0, 'step': 10},
        {'lr': .1, 'loss': 2.0, 'step': 20}])
    write(tmp_path, '20260101_000100', [
        {'lr': .1, 'loss': 2.5, 'step': 15}, {'coco/bbox_mAP': .25, 'step': 1}])
    log = read_training_log(tmp_path)
    assert log.curve('loss') == [(10, 3.0), (15, 2.5)]
    assert log.losses() == ['loss', 'loss_local']
    assert log.metrics == {'coco/bbox_mAP': .25}


def test_no_log_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'scalars\.json'):
        read_training_log(tmp_path)
