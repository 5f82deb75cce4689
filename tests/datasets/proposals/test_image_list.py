from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from oadp_mm.datasets.proposals.image_list import list_images
from tests.datasets.proposals.images import write_folder


def test_names_are_below_the_folder_and_sorted(tmp_path):
    folder = write_folder(tmp_path / 'x', 2)
    (folder / 'notes.txt').touch()
    images = list_images(folder)
    assert images.names == ('00.png', '01.png', 'below/z.png')
    assert images.note == 'left out: other files 1'


def test_a_copy_has_the_digest_and_a_change_another(tmp_path):
    folder = write_folder(tmp_path / 'x', 2)
    digest = list_images(folder).digest()
    copy = shutil.copytree(folder, tmp_path / 'y')
    assert list_images(copy).digest() == digest
    (copy / '00.png').write_bytes((copy / '00.png').read_bytes() + b' ')
    longer = list_images(copy).digest()
    (copy / '01.png').unlink()
    fewer = list_images(copy).digest()
    assert len({digest, longer, fewer}) == 3


def test_a_name_that_is_no_utf8_and_a_lost_file_have_a_digest(tmp_path):
    name = os.fsdecode(b'caf\xe9.png')
    (tmp_path / name).write_bytes(b'12')
    images = list_images(tmp_path)
    before = images.digest()
    (tmp_path / name).unlink()
    assert replace(images).digest() != before


def test_no_folder_and_no_image_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'there is no folder .*x: give one with images'):
        list_images(tmp_path / 'x')
    (tmp_path / 'a.heic').touch()
    with pytest.raises(FileNotFoundError, match=r'holds no image but \.heic 1: give one'):
        list_images(tmp_path)
