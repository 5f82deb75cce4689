from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oadp_mm.datasets import LoadImage
from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.pictures.picture_files import chosen_images, picture_files, read_each, write_sheet


def test_pictures_are_called_as_their_images():
    names, notes = chosen_images([Path('a/x.jpg'), Path('y.v2.png')], 1)
    assert notes == []
    assert picture_files(names, Path('out'), 'pairs') == {
        Path('a/x.jpg'): Path('out/x-pairs.png'), Path('y.v2.png'): Path('out/y.v2-pairs.png')}


def test_images_of_a_folder_are_called_by_their_places(tmp_path):
    for name in ('a/1.jpg', 'b/1.jpg', 'b/2.jpg', 'b/2.png', 'c.jpg'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names, notes = chosen_images([tmp_path / 'c.jpg', tmp_path], 4)
    assert list(names.values()) == ['c', 'a-1', 'b-1', 'b-2.jpg', 'b-2.png']
    assert notes == [f'{tmp_path}: the first 4 of 5 images, --most N for more']


def test_a_folder_must_hold_images(tmp_path):
    with pytest.raises(FileNotFoundError, match=f'^folder {tmp_path} holds no image: give'):
        chosen_images([tmp_path], 4)
    with pytest.raises(ValueError, match='--most must be at least 1, got 0'):
        chosen_images([tmp_path], 0)


def test_images_of_one_name_do_not_overwrite_each_other():
    images = [Path('a/x.jpg'), Path('y.jpg'), Path('b/x.png')]
    with pytest.raises(ValueError, match=r'a/x\.jpg and b/x\.png would .* one file, x-pairs\.png'):
        picture_files(chosen_images(images, 1)[0], Path('out'), 'pairs')


def test_what_cannot_be_read_of_a_folder_is_noted_and_left_out(tmp_path):
    good, bad = tmp_path / 'good.png', tmp_path / 'bad.png'
    Image.new('RGB', (4, 2)).save(good)
    bad.touch()
    notes = []
    (read,) = read_each([bad, good], [tmp_path], LoadImage(), notes)
    assert (read[0], read[1].shape) == (good, (2, 4, 3))
    assert notes == [f'{bad} cannot be read: the file is empty']
    for images, asked in (([bad, good], [bad]), ([bad], [tmp_path])):
        with pytest.raises(UnreadableImage, match='the file is empty'):
            list(read_each(images, asked, LoadImage(), []))


@pytest.mark.parametrize(('columns', 'places'), [
    (None, [(0, 0), (0, 1), (0, 2)]), (2, [(0, 0), (0, 1), (1, 0)]), (1, [(0, 0), (1, 0), (2, 0)])])
def test_a_sheet_reads_row_by_row_in_cells_of_the_largest_picture(columns, places, tmp_path):
    files, colours = [], [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    for number, (colour, size) in enumerate(zip(colours, [(8, 4), (6, 4), (8, 2)], strict=True)):
        files.append(tmp_path / f'{number}.png')
        Image.new('RGB', size, colour).save(files[-1])
    write_sheet(files, tmp_path / 'new/sheet.png', columns)
    rows, wide = (max(place) + 1 for place in zip(*places, strict=True))
    expected = np.full((4 * rows, 8 * wide, 3), 255)
    for (row, column), file in zip(places, files, strict=True):
        picture = np.asarray(Image.open(file))
        height, width = picture.shape[:2]
        expected[4 * row:4 * row + height, 8 * column:8 * column + width] = picture
    # Four colours fit into 256.
    assert np.array_equal(Image.open(tmp_path / 'new/sheet.png').convert('RGB'), expected)
