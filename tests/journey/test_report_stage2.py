from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from oadp_mm.journey.orl import CORRESPONDENCES
from oadp_mm.journey.report_stage2 import CAPTIONS, stage2_pictures


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(CAPTIONS):
        (tmp_path / name).mkdir()
        Image.new('RGB', (3200, 800), (0, 200 * number, 0)).save(tmp_path / name / f'{name}.png')
    return tmp_path


def test_both_are_embedded_smaller_with_what_one_sees(folder):
    pictures = list(stage2_pictures(folder))
    assert [picture.caption for picture in pictures] == list(CAPTIONS.values())
    for number, picture in enumerate(pictures):
        image = Image.open(io.BytesIO(base64.b64decode(picture.source.partition(',')[2])))
        assert image.size == (1600, 400)
        assert abs(image.getpixel((9, 9))[1] - 200 * number) < 9


def test_a_reader_is_told_that_the_most_alike_are_often_plain_surfaces():
    assert 'plain surfaces' in CAPTIONS[CORRESPONDENCES] and 'below' in CAPTIONS[CORRESPONDENCES]


def test_what_is_missing_or_damaged_is_left_out(folder):
    (folder / 'neighbours/neighbours.png').write_bytes(b'no picture')
    assert len(list(stage2_pictures(folder))) == 1
    (folder / 'correspondences/correspondences.png').unlink()
    assert list(stage2_pictures(folder)) == []
