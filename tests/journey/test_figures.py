from __future__ import annotations

import json
import math

import pytest

from oadp_mm.journey.figures import figures, lacking
from oadp_mm.journey.hosts import read_model

DETECTOR, SEGMENTER = read_model('mask-rcnn-small'), read_model('fcn-small')
BOTH = {'coco/bbox_mAP': 0.25, 'coco/segm_mAP': 0.125}


def measured(folder, *rows):
    """A folder with a log of six steps and of validations."""
    (folder / 'x/vis_data').mkdir(parents=True)
    (folder / 'x/vis_data/scalars.json').write_text(
        ''.join(f'{json.dumps(row)}\n' for row in ({'lr': 1, 'step': 6}, *rows)))
    return folder


def test_they_are_per_cent_of_the_last_validation(tmp_path):
    folder = measured(tmp_path, {**BOTH, 'coco/bbox_mAP': 0.9, 'step': 3}, {**BOTH, 'step': 6})
    assert figures(folder, DETECTOR, 6) == {'box AP': 25.0, 'mask AP': 12.5}
    assert lacking(DETECTOR, folder, 6) == ''
    assert figures(measured(tmp_path / 'maps', {'mIoU': 61.5, 'step': 6}), SEGMENTER, 6) == {
        'mIoU': 61.5}


@pytest.mark.parametrize(('rows', 'sentence'), [
    ([], 'figures behind step 6'), ([{**BOTH, 'step': 3}], 'figures behind step 6'),
    ([{'coco/bbox_mAP': 0.25, 'step': 6}], 'a figure for mask AP'),
    ([{**BOTH, 'coco/bbox_mAP': -1.0, 'step': 6}], 'a figure for box AP'),
    ([{**BOTH, 'coco/segm_mAP': math.nan, 'step': 6}], 'a figure for mask AP'),
    ([{'time': 0.1, 'step': 6}], 'a figure for box AP')])
def test_what_was_not_measured_is_no_figure(rows, sentence, tmp_path):
    # what mmdet writes before it measures
    (tmp_path / 'predictions.bbox.json').write_text('[{"score": 0.5}]')
    folder = measured(tmp_path, *rows)
    assert lacking(DETECTOR, folder, 6) == sentence
    with pytest.raises(ValueError, match=sentence):
        figures(folder, DETECTOR, 6)


def test_of_a_detector_that_finds_nothing_mmdet_tells_nothing_and_that_is_nought(tmp_path):
    (tmp_path / 'predictions.bbox.json').write_text('[]')
    folder = measured(tmp_path, {'time': 0.1, 'step': 6})
    assert figures(folder, DETECTOR, 6) == {'box AP': 0.0, 'mask AP': 0.0}
    assert lacking(DETECTOR, folder, 7) == 'figures behind step 7'
