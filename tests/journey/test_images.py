from __future__ import annotations

import pytest

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.journey.images import LOOKED_AT, look_at
from tests.journey.tiny_folder import write_images


def test_the_images_of_the_package():
    found = look_at('nuclei')
    assert (found.number, len(found.sides), min(found.sides)) == (544, LOOKED_AT, 160)


def test_a_folder_with_other_files(tmp_path):
    write_images(tmp_path / 'sub', 3, side=50)
    (tmp_path / 'a.heic').touch()
    (tmp_path / 'broken.jpg').write_bytes(b'\xff\xd8 and no more')
    found = look_at(str(tmp_path))
    assert (found.number, found.sides, found.left_out) == (4, (50, 50, 50), '.heic 1')
    [reason] = found.unreadable
    assert reason.startswith(f'{tmp_path}/broken.jpg: ')


@pytest.mark.parametrize(('make', 'error', 'message'), [
    (lambda folder: None, FileNotFoundError, 'is not there: give a folder of images, or the word'),
    (lambda folder: folder.write_text(''), FileNotFoundError, 'is a file: give a folder'),
    (lambda folder: folder.mkdir(), FileNotFoundError, 'holds no image: give another folder'),
    (lambda folder: (folder.mkdir(), (folder / 'a.heic').touch()), FileNotFoundError,
     r'holds no image but \.heic 1: convert them to JPEG or PNG'),
    (lambda folder: (folder.mkdir(), (folder / 'a.png').write_bytes(b'no')), UnreadableImage,
     'none of 1 images of .* can be read, the first because .*a.png: .*: repair them')])
def test_no_images(tmp_path, make, error, message):
    make(tmp_path / 'photos')
    with pytest.raises(error, match=message):
        look_at(str(tmp_path / 'photos'))
