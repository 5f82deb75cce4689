from __future__ import annotations

import json

import pytest

from oadp_mm.reports.training_log import (
    find_training_log,
    read_training_log,
    read_warnings,
)


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
    assert log.names('coco/') == ['coco/bbox_mAP']
    assert log.curve('coco/bbox_mAP') == [(1, .25)]


def test_no_log_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'scalars\.json'):
        read_training_log(tmp_path)


def test_the_torn_last_line_of_a_killed_training_is_left_out(tmp_path):
    write(tmp_path, '20260101_000000', [{'lr': .1, 'loss': 3.0, 'step': 10}])
    with open(tmp_path / '20260101_000000/vis_data/scalars.json', 'a') as file:
        file.write('{"lr": 0.1, "lo')
    assert find_training_log(tmp_path).curve('loss') == [(10, 3.0)]
    assert find_training_log(tmp_path / 'none').losses() == []


def test_warnings_of_all_attempts_are_told_once(tmp_path):
    """But not what mmengine says of its own keys."""
    line = '2026/01/01 00:00:00 - mmengine - {} - the features have {}\n'
    keys = ('2026/01/01 00:00:00 - mmengine - WARNING - resumed key: health is not defined in '
            'message_hub, just skip resuming this key.\n')
    for name, more in (('1', line.format('INFO', 'x')),
                       ('2', keys + line.format('WARNING', 'shrunk'))):
        (tmp_path / name).mkdir()
        (tmp_path / name / f'{name}.log').write_text(line.format('WARNING', 'collapsed') + more)
    assert read_warnings(tmp_path) == ['the features have collapsed', 'the features have shrunk']
