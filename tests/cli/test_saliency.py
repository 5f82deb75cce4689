from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from oadp_mm.cli import main
from oadp_mm.pictures.foreground import COLOURS
from tests.probes.foreground_checkpoints import OTHER, RED, quadrants, save

BLACK = (0, 0, 0)


@pytest.fixture
def checkpoint(tmp_path):
    return save(tmp_path / 'epoch_3.pth')


@pytest.fixture
def photo(tmp_path):
    """Red in the top left quarter alone."""
    path = tmp_path / 'photo.png'
    Image.fromarray(quadrants((255, 0, 0), BLACK, BLACK, BLACK)).save(path)
    return path


def _places(picture, value) -> np.ndarray:
    """Columns and rows of the pixels in exactly the colour of a value of the map."""
    shown = np.asarray(Image.open(picture).convert('RGB')).astype(int)
    colour = np.round(255 * np.array(colormaps[COLOURS](value)[:3]))
    return np.argwhere(np.abs(shown - colour).max(-1) <= 1)[:, ::-1]


@pytest.mark.parametrize(('orientation', 'side'), [(1, -1), (6, 1)])  # 6: turn it clockwise
def test_cells_of_the_foreground_have_its_colour_where_the_upright_image_has_it(
        checkpoint, photo, tmp_path, capsys, orientation, side):
    image = Image.open(photo)
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(photo, exif=exif)
    out = tmp_path / 'out'
    assert main(['saliency', str(checkpoint), str(photo), '--out', str(out), '--size', '64']) == 0
    assert capsys.readouterr().out.split() == [str(out / 'photo-saliency.png')]
    red, other = (_places(out / 'photo-saliency.png', value) for value in (RED, OTHER))
    # One of four cells; the colour bar has a few pixels of either.
    assert len(other) / len(red) == pytest.approx(3, rel=.1)
    right, down = np.median(red, 0) - np.median(other, 0)
    assert right * side > 0
    assert down < 0


def test_stretched_colours_span_the_map(checkpoint, photo, tmp_path):
    assert main(['saliency', str(checkpoint), str(photo), '--out', str(tmp_path), '--size', '64',
                 '--stretch']) == 0
    picture = tmp_path / 'photo-saliency.png'
    cell = len(_places(picture, 1.0))
    assert cell > 1000
    assert len(_places(picture, RED)) < cell / 10  # the bar's


def test_a_sheet_holds_all_pictures_in_a_grid(checkpoint, photo, tmp_path, capsys):
    others = [photo.with_name(f'{number}.png') for number in range(3)]
    for path in others:
        Image.open(photo).save(path)
    sheet = tmp_path / 'sheets/sheet.png'
    assert main(['saliency', str(checkpoint), str(photo), *map(str, others), '--out',
                 str(tmp_path / 'out'), '--dpi', '50', '--sheet', str(sheet)]) == 0
    assert capsys.readouterr().out.split()[-1] == str(sheet)
    shown = np.asarray(Image.open(sheet).convert('RGB'))
    assert shown.shape == (2 * 150, 2 * 370, 3)  # 7.4 x 3 inches each
    last = np.asarray(Image.open(tmp_path / 'out/2-saliency.png').convert('RGB'))
    assert np.array_equal(shown[150:, 370:], last)  # in all its colours


def test_a_run_gives_its_newest_readable_checkpoint(checkpoint, photo, tmp_path, capsys):
    (tmp_path / 'epoch_10.pth').write_bytes(checkpoint.read_bytes()[:-100])
    outs = [tmp_path / 'by file', tmp_path / 'by folder']
    for source, out in zip((checkpoint, tmp_path), outs, strict=True):
        assert main(['saliency', str(source), str(photo), '--out', str(out), '--size', '64']) == 0
    pictures = [(out / 'photo-saliency.png').read_bytes() for out in outs]
    assert pictures[0] == pictures[1]
    assert capsys.readouterr().err.startswith(
        f'oadp-mm: note: passed over: {tmp_path}/epoch_10.pth is not a readable checkpoint')


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['none.jpg'], 'none.jpg cannot be read: No such file'),
    ([__file__], r'py cannot be read: it is not an image'),
    (['PHOTO', '--size', '100'], '--size must be a multiple of 32, .* got 100'),
    (['PHOTO', '--size', '0'], '--size must be .* at least 32, got 0'),
    (['PHOTO', 'else/photo.png'], 'would be drawn into one file'),
    (['PHOTO', '--checkpoint', 'PHOTO'], 'photo.png is not a checkpoint'),
    (['PHOTO', '--checkpoint', 'FOLDER'], 'holds no checkpoint'),
])
def test_mistakes_are_one_sentence(checkpoint, photo, tmp_path, capsys, arguments, sentence):
    (tmp_path / 'empty').mkdir()
    names = {'PHOTO': str(photo), 'FOLDER': str(tmp_path / 'empty')}
    arguments = [names.get(word, word) for word in arguments]
    if '--checkpoint' in arguments:
        checkpoint = arguments.pop()
        arguments.pop()
    assert main(['saliency', str(checkpoint), *arguments, '--out', str(tmp_path / 'out')]) == 2
    (error,) = capsys.readouterr().err.strip().splitlines()
    assert re.search(sentence, error)
    assert not (tmp_path / 'out').exists()


def test_a_folder_stands_for_its_first_images(checkpoint, photo, tmp_path, capsys):
    folder, out = tmp_path / 'photos', tmp_path / 'out'
    for name in ('b/1.png', 'a/1.png', 'c.png'):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.open(photo).save(folder / name)
    assert main(['saliency', str(checkpoint), str(folder), '--out', str(out), '--most', '2',
                 '--size', '64', '--dpi', '40']) == 0
    said = capsys.readouterr()
    assert said.out.split() == [f'{out}/a-1-saliency.png', f'{out}/b-1-saliency.png']
    assert said.err == f'oadp-mm: note: {folder}: the first 2 of 3 images, --most N for more\n'


def test_no_image_is_the_parsers_error(checkpoint, tmp_path, capsys):
    with pytest.raises(SystemExit, match='2'):
        main(['saliency', str(checkpoint), '--out', str(tmp_path)])
    assert 'required: IMAGE' in capsys.readouterr().err
