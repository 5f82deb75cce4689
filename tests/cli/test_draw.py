from __future__ import annotations

import os
import re

import numpy as np
import pytest
from mmengine.config import Config
from PIL import Image

from oadp_mm.cli import main
from oadp_mm.cli.draw import DEFAULT
from oadp_mm.files.configs import find_config
from tests.datasets.correspondence_files import correspondence_file
from tests.datasets.proposal_files import proposal_file

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


def notes(err: str, padding: bool = False) -> list[str]:
    """What is said beside the pictures; of black padding, or all else."""
    return [line.removeprefix('oadp-mm: note: ') for line in err.splitlines()
            if ('black padding' in line) == padding]


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
    (['PHOTO', '--config', 'configs/benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160.py'],
     r'has no model\.selector'),
    (['PHOTO', '--config', 'benchmarks/fcn_resnet18-d8_1xb8-400i_camvid-160x160'],
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
    assert not (tmp_path / 'out').exists()


def test_a_folder_stands_for_its_first_images(photo, config, tmp_path, capsys):
    folder, out = tmp_path / 'photos', tmp_path / 'out'
    folder.mkdir()
    for name in (b'c.png', b'caf\xe9 1.jpg', b"it's \\ $x.jpg"):
        Image.open(photo).save(os.fsdecode(os.fsencode(folder) + b'/' + name), 'PNG')
    words = ['draw', str(folder), '--out', str(out), '--dpi', '30', '--config', str(config)]
    assert main([*words, '--most', '2']) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [f'{out}/c-pairs.png', rf'{out}/caf\xe9 1-pairs.png']
    assert notes(said.err) == [f'{folder}: the first 2 of 3 images, --most N for more']
    assert main(words) == 0
    assert len(list(out.iterdir())) == 3
    assert notes(capsys.readouterr().err) == []


def test_proposals_are_drawn_where_a_config_has_boxes(photo, tmp_path, capsys):
    config, out = tmp_path / 'soco.py', tmp_path / 'out'
    config.write_text('''
train_dataloader = dict(dataset=dict(views=dict(
    crop=dict(type='oadp_mm.DynamicRandomResizedCrop', size=56), changes=[], boxes=dict(),
    each=dict(view1=dict(), view2=dict()))))
''')
    words = ['draw', str(photo), '--out', str(out), '--dpi', '50', '--config', str(config)]
    assert main(words) == 2
    assert 'names no file of proposals: give --proposals FILE' in capsys.readouterr().err
    file = proposal_file(tmp_path / 'boxes.npz', {'photo.jpg': [[20, 20, 70, 70]]},
                         {'photo.jpg': (90, 120)})
    assert main([*words, '--proposals', str(file)]) == 0
    assert capsys.readouterr().out.split() == [str(out / 'photo-boxes.png')]
    assert np.asarray(Image.open(out / 'photo-boxes.png')).shape[:2] == (170, 320)  # 3.4 x 6.4


def test_neighbours_are_drawn_where_a_config_has_correspondences(photo, tmp_path, capsys):
    config, out = tmp_path / 'orl.py', tmp_path / 'out'
    config.write_text('''
patch = dict(type='oadp_mm.CorrespondingWindow', scale=56)
train_dataloader = dict(dataset=dict(
    correspondences=dict(file='none.npz'), views=dict(crop=patch, changes=[], each=dict(
        a=dict(crop=dict(side='query')), b=dict(crop=dict(side='key'))))))
''')
    folder = tmp_path / 'photos'
    folder.mkdir()
    for name in ('1.jpg', '2.jpg'):
        Image.open(photo).save(folder / name)
    words = ['draw', str(folder / '1.jpg'), '--out', str(out), '--dpi', '50', '--config',
             str(config)]
    assert main(words) == 2
    assert 'there are no correspondences none.npz: make them by' in capsys.readouterr().err
    others = {'1.jpg': '2.jpg', '2.jpg': '1.jpg'}
    file = correspondence_file(
        tmp_path / 'pairs.npz', {name: [[20, 20, 70, 70]] for name in others},
        dict.fromkeys(others, (90, 120)),
        {name: {other: [(0, 0)]} for name, other in others.items()}, folder)
    assert main([*words, '--correspondences', str(file)]) == 0
    assert capsys.readouterr().out.split() == [str(out / '1-views.png')]
    # two images of 4 : 3 fill 9 inches, and 2 are for the views
    width, height = Image.open(out / '1-views.png').size
    assert width == 500 and abs(height - 50 * (9 * 3 / 8 + 2)) <= 1


def test_more_pairs_than_there_are_is_said_once(photo, config, tmp_path, capsys):
    assert main(['draw', str(photo), '--out', str(tmp_path / 'out'), '--dpi', '30', '--config',
                 str(config), '--pairs', '25']) == 0  # the selector's k is 24
    assert notes(capsys.readouterr().err) == ['--pairs 25: there are 24, which are drawn']


@pytest.mark.parametrize(('in_config', 'typed', 'dark'), [
    ('range', [], True), ('minmax', [], False), ('range', ['--sixteen-bit', 'minmax'], False)])
def test_sixteen_bits_are_read_as_the_config_or_the_command_says(config, tmp_path, capsys,
                                                                in_config, typed, dark):
    deep = np.random.default_rng(0).integers(0, 4096, (90, 120), np.uint16)
    Image.fromarray(deep).save(tmp_path / 'deep.png')
    config.write_text(CONFIG + 'train_dataloader["dataset"]["dataset"] = dict(pipeline=[dict('
                      f'type="oadp_mm.LoadImage", sixteen_bit="{in_config}")])')
    out = tmp_path / 'out'
    assert main(['draw', str(tmp_path / 'deep.png'), '--out', str(out), '--dpi', '30',
                 '--config', str(config), *typed]) == 0
    note = 'oadp-mm: note: 16-bit images hold no value above 4095, .*: --sixteen-bit minmax'
    assert bool(re.match(note, capsys.readouterr().err)) == dark


def test_the_padding_of_each_folder_is_told(photo, config, tmp_path, capsys):
    for name in ('one', 'other'):
        (tmp_path / name).mkdir()
        Image.open(photo).save(tmp_path / name / f'of {name}.png')
    words = ['draw', str(tmp_path / 'one'), str(tmp_path / 'other'), '--out',
             str(tmp_path / 'out'), '--dpi', '20', '--config', str(config)]
    assert main(words) == 0
    assert notes(capsys.readouterr().err, padding=True) == [
        f'{tmp_path}/{name}, views of tiny: no black padding in any of {7 * 7 + 6 * 6} patches'
        for name in ('one', 'other')]
    config.write_text(config.read_text().replace(
        "dict(type='RandomFlip'",
        "dict(type='oadp_mm.RandAugment', num_ops=30, magnitude=30), dict(type='RandomFlip'"))
    assert main(words) == 0
    told = notes(capsys.readouterr().err, padding=True)
    assert len(told) == 2
    assert all(re.search(r'tiny: \d+% of 48 chosen patches touch the black padding', line)
               for line in told)
