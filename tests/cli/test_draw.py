from __future__ import annotations

import re

import numpy as np
import pytest
from mmengine.config import Config
from PIL import Image

from oadp_mm.cli import main
from oadp_mm.cli.draw import DEFAULT
from oadp_mm.files.configs import find_config

CONFIG = '''
model = dict(selector=dict(type='oadp_mm.PatchSelector', grid=7, k=24))
train_dataloader = dict(dataset=dict(views=dict(
    crop=dict(type='oadp_mm.DynamicRandomResizedCrop', size=56),
    changes=[dict(type='RandomFlip', prob=0.5)],
    each=dict(first=dict(), second=dict()))))
'''


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / 'photo.jpg'
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)).save(path)
    return path


@pytest.fixture
def config(tmp_path):
    path = tmp_path / 'tiny.py'
    path.write_text(CONFIG)
    return path


def test_the_default_is_a_pretraining_of_oadp():
    model = Config.fromfile(find_config(DEFAULT)).model
    assert (model.type, model.selector.type) == ('oadp_mm.OADP', 'oadp_mm.PatchSelector')


def test_a_picture_for_each_image(photo, config, tmp_path, capsys):
    out = tmp_path / 'out'
    words = ['draw', str(photo), '--out', str(out), '--dpi', '50', '--config', str(config)]
    assert main(words) == 0
    assert capsys.readouterr().out.split()[-1] == str(out / 'photo-pairs.png')
    first = np.asarray(Image.open(out / 'photo-pairs.png'))
    assert first.shape[:2] == (370, 320)  # 7.4 x 6.4 inches
    assert main([*words, '--seed', '1']) == 0
    assert np.any(first != np.asarray(Image.open(out / 'photo-pairs.png')))


def test_a_sheet_holds_all_pictures_side_by_side(photo, config, tmp_path):
    other = photo.with_name('other.png')
    Image.open(photo).resize((64, 64)).save(other)
    sheet = tmp_path / 'sheets/sheet.png'
    assert main(['draw', str(photo), str(other), '--out', str(tmp_path / 'out'), '--dpi', '50',
                 '--sheet', str(sheet), '--config', str(config)]) == 0
    both = np.asarray(Image.open(sheet).convert('RGB')).astype(int)
    for number, stem in enumerate(('photo', 'other')):
        alone = np.asarray(Image.open(tmp_path / f'out/{stem}-pairs.png').convert('RGB'))
        part = both[:, 320 * number:320 * (number + 1)]
        assert np.abs(part - alone).mean() < 8  # 256 colours are not all


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['none.jpg'], 'none.jpg cannot be read: No such file'),
    ([__file__], r'py cannot be read: it is not an image'),
    (['PHOTO', '--pairs', '0'], '--pairs must be at least 1, got 0'),
    (['PHOTO', '--config', 'configs/demo/fcn_resnet18-d16_random-init_digits.py'],
     r'has no model\.selector'),
    (['PHOTO', '--config', 'demo/fcn_resnet18-d16_random-init_digits'],
     r'has no model\.selector'),
    (['PHOTO', '--config', 'oadp/none'], 'there is no config oadp/none'),
])
def test_mistakes_are_one_sentence(photo, tmp_path, capsys, monkeypatch, request, arguments,
                                   sentence):
    monkeypatch.chdir(request.config.rootpath)
    arguments = [str(photo) if word == 'PHOTO' else word for word in arguments]
    assert main(['draw', *arguments, '--out', str(tmp_path / 'out')]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.search(sentence, error)
