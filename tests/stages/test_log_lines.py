from __future__ import annotations

import pytest

from oadp_mm.stages.log_lines import share_done, told_in


@pytest.mark.parametrize(('line', 'epochs', 'share'), [
    ('10/01 12:00:00 - mmengine - INFO - Epoch(train)  [3][10/40]  lr: 2.0e-02', 5, .9 * 2.25 / 5),
    ('INFO - Iter(train) [ 40/240]  lr: 1.0e-02  eta: 0:01:00', 0, .9 / 6),
    ('INFO - Epoch(val)   [5][15/30]    eta: 0:00:01', 5, .95),
    ('INFO - Iter(val) [30/30]    mIoU: 12.0', 0, 1.0),
    ('INFO - Saving checkpoint at 3 epochs', 5, None),
    (' 48 %  fcn-small from runs/a, seed 0: 80 %, loss 1.6; 2 min so far', 0, .48),
    ('100 %  probe: dense', 0, 1.0),
    ('gray levels: 33 %  of them', 0, None),
])
def test_share_done_follows_the_logger(line, epochs, share):
    assert share_done(line, epochs, .1) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(('line', 'told'), [
    ('Iter(train) [1/2]  lr: 1.0  loss: 2.5000  loss_cls: 1.0', 'loss 2.5000'),
    ('Iter(train) [1/2]  loss: nan', 'loss nan'), ('Iter(val) [1/2]', 'evaluating'),
    (' 48 %  fcn-small, seed 0: 80 %, loss 1.6; 2 min so far', 'fcn-small, seed 0: 80 %, loss 1.6'),
    ('Saving checkpoint', '')])
def test_what_a_line_says_besides(line, told):
    assert told_in(line) == told
