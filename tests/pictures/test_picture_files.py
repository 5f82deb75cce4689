from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oadp_mm.pictures.picture_files import picture_files, write_sheet


def test_pictures_are_called_as_their_images():
    assert picture_files([Path('a/x.jpg'), Path('y.v2.png')], Path('out'), 'pairs') == [
        Path('out/x-pairs.png'), Path('out/y.v2-pairs.png')]


def test_images_of_one_name_do_not_overwrite_each_other():
    with pytest.raises(ValueError, match=r'a/x\.jpg and b/x\.png would .* one file, x-pairs\.png'):
        picture_files([Path('a/x.jpg'), Path('y.jpg'), Path('b/x.png')], Path('out'), 'pairs')


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
