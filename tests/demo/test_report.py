from __future__ import annotations

import pytest

from oadp_mm.demo import report


def test_the_surest_detections_of_one_image_are_drawn_last():
    detections = [{'image_id': number % 2, 'score': score}
                  for number, score in enumerate([.9, .8, .1, .2, .5, .3, .7, .4, .6, .95, .05])]
    own = sorted(one['score'] for one in detections if one['image_id'] == 0)
    assert [one['score'] for one in report._best(detections, 0)] == own[-report.SHOWN:]


def test_a_picture_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no picture .*x\.png: run the demo again'):
        report._read_pixels(tmp_path / 'x.png')


def test_a_report_needs_what_the_stages_leave(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'no training left its config in .*/pretrain'):
        report.write_demo_report(tmp_path)
