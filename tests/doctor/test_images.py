"""Images of every kind that hurts, made here, and what is said of them."""
from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from oadp_mm.doctor.images import Look, image_findings, look_at_file


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (48, 96, 3), dtype=np.uint8)


def look(pixels: np.ndarray, path) -> Look:
    assert cv2.imwrite(str(path), pixels)
    return look_at_file(str(path))


def findings(looks: list[Look], size: int = 32, total: int = 0) -> dict:
    found = list(image_findings(looks, total or len(looks), size))
    assert len({each.topic for each in found}) == len(found)
    return {each.topic: each for each in found}


def test_a_healthy_image(noise, tmp_path):
    seen = look(noise, tmp_path / 'a.png')
    assert seen == Look(str(tmp_path / 'a.png'), (48, 96), 'colour')
    assert {each.mark for each in findings([seen]).values()} == {'ok'}


def test_a_large_photo_on_its_side_has_its_upright_size(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (640, 648, 3), dtype=np.uint8)
    exif = Image.Exif()
    for orientation, sides in ((1, (640, 648)), (6, (648, 640))):
        exif[0x0112] = orientation
        Image.fromarray(noise).save(tmp_path / 'a.jpg', exif=exif)
        assert look_at_file(str(tmp_path / 'a.jpg')).sides == sides


@pytest.mark.parametrize(('mode', 'words'), [
    ('L', 'gray'), ('P', 'palette'), ('RGBA', 'colour with alpha'), ('1', 'gray')])
def test_channels_are_told(noise, tmp_path, mode, words):
    Image.fromarray(noise).convert(mode).save(tmp_path / 'a.png')
    seen = look_at_file(str(tmp_path / 'a.png'))
    assert seen.channels == words
    found = findings([seen])['channels']
    assert found.sentence.startswith(f'1 {words}')
    assert found.mark == ('note' if mode == 'RGBA' else 'ok')


def test_a_few_unreadable_are_noted_and_many_a_problem(noise, tmp_path):
    good = look(noise, tmp_path / 'a.png')
    (tmp_path / 'bad.png').write_bytes((tmp_path / 'a.png').read_bytes()[:200])
    bad = look_at_file(str(tmp_path / 'bad.png'))
    assert 'bad.png cannot be read: it is truncated' in bad.reason
    # A training passes over five while as many are good, and of more over one in twenty.
    for goods, bads, mark in ((20, 5, 'note'), (20, 6, 'problem'), (190, 10, 'note'),
                              (189, 11, 'problem'), (0, 1, 'problem'), (1, 1, 'note'),
                              (1, 2, 'problem')):
        found = findings([good] * goods + [bad] * bads)['unreadable']
        assert found.mark == mark, (goods, bads)
        assert found.sentence.startswith(f'{bads} of {goods + bads} image')
        assert len(found.items) == bads


def test_what_a_sample_shows_stands_for_the_folder(noise, tmp_path):
    good, bad = look(noise, tmp_path / 'a.png'), Look('b.png', reason='b.png cannot be read: x')
    found = findings([good] * 97 + [bad] * 3, total=1000)['unreadable']  # 30 of 50 that may be
    assert found.mark == 'note'


def test_images_smaller_than_views_are_noted_with_the_size_that_fits():
    large, small = Look('a', (300, 400), 'colour'), Look('b', (150, 200), 'colour')
    assert findings([large] * 19 + [small], size=224)['sizes'].mark == 'ok'  # one in twenty
    found = findings([large] * 18 + [small] * 2, size=224)['sizes']
    assert found.mark == 'note'
    assert '2 of 20' in found.sentence and 'from 150x200 to 300x400' in found.sentence
    assert found.sentence.endswith('type --size 128 --last-stride 1')  # 150 px hold 4 cells of 32


def test_sixteen_bits_of_a_twelve_bit_camera_are_a_problem(noise, tmp_path):
    deep = noise[..., 0].astype(np.uint16)
    dark = look(deep * 16, tmp_path / 'dark.png')
    assert dark.bits == 12 and dark.channels == 'gray'
    found = findings([dark])['16-bit']
    assert found.mark == 'problem' and 'sixteen_bit=minmax' in found.sentence
    assert found.items == (str(tmp_path / 'dark.png'),)
    bright = look(deep * 257, tmp_path / 'bright.png')
    assert findings([dark, bright])['16-bit'].mark == 'ok'  # a dark image of a true camera


def test_images_of_one_colour_are_noted_and_most_of_them_a_problem(noise, tmp_path):
    black, good = (look(pixels, tmp_path / name) for pixels, name in
                   ((np.zeros_like(noise), 'black.png'), (noise, 'good.png')))
    assert black.flat and not good.flat
    assert findings([black, good])['one colour'].mark == 'note'
    assert findings([black, black, good])['one colour'].mark == 'problem'
    assert 'one colour' not in findings([good])
