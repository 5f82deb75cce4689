from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from oadp_mm.cli import main
from oadp_mm.probes.foreground import read_foreground_model
from oadp_mm.probes.networks import read_networks
from tests.probes.foreground_checkpoints import save_resnet
from tests.probes.tiny_network import write_checkpoint


@pytest.fixture
def run(tmp_path):
    write_checkpoint(tmp_path / 'run/epoch_3.pth')
    return str(tmp_path / 'run')


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / 'photos'
    folder.mkdir()
    generator = np.random.default_rng(0)
    for name, shape in (('a', (64, 96, 3)), ('b', (80, 64, 3)), ('c', (64, 64, 3))):
        Image.fromarray(generator.integers(0, 255, shape, np.uint8)).save(folder / f'{name}.png')
    return folder


def test_images_in_rows_and_checkpoints_in_columns(run, photos, tmp_path, capsys, monkeypatch):
    drawn = []
    monkeypatch.setattr('oadp_mm.pictures.heat_maps.grid_of', _listening(drawn))
    out = tmp_path / 'new/heat.png'
    assert main(['heat', 'random', str(photos), run, '--out', str(out), '--size', '64',
                 '--most', '2', '--dpi', '40']) == 0
    said = capsys.readouterr()
    assert said.out.split() == [str(out)]
    assert f'{photos}: the first 2 of 3 images, --most N for more' in said.err
    assert drawn == [([(64, 96, 3), (80, 64, 3)], ['image', 'random', 'run, epoch 3'])]
    assert Image.open(out).size[0] > 100


def test_saliency_of_several_epochs_side_by_side(photos, tmp_path, monkeypatch):
    """SCD's Fig. 6: the untrained network, then epochs."""
    told = []
    monkeypatch.setattr('oadp_mm.pictures.heat_maps.draw_heat_maps', _drawing(told))
    epochs = [save_resnet(tmp_path / f'epoch_{epoch}.pth', epoch) for epoch in (15, 100)]
    photo, out = photos / 'c.png', tmp_path / 'saliency.png'
    assert main(['heat', 'random', *map(str, epochs), str(photo), '--map', 'saliency', '--out',
                 str(out), '--size', '64', '--statistics', 'own']) == 0
    [(maps, probability)] = told
    assert list(maps) == ['random', 'epoch_15.pth', 'epoch_100.pth']
    assert probability == 'foreground'
    pixels = np.asarray(Image.open(photo))[..., ::-1]
    for path in epochs:  # what oadp-mm saliency shows
        np.testing.assert_allclose(maps[path.name][0], read_foreground_model(path)(pixels, 64),
                                   atol=1e-6)
    assert Image.open(out).size[0] > 100


def _drawing(told: list):
    from oadp_mm.pictures.heat_maps import draw_heat_maps

    def draw(images, maps, boxes, captions, probability):
        told.append((maps, probability))
        return draw_heat_maps(images, maps, boxes, captions, probability)
    return draw


def _listening(drawn: list):
    from oadp_mm.pictures.scenes import grid_of

    def listen(images, titles):
        drawn.append(([image.shape for image in images], titles))
        return grid_of(images, titles)
    return listen


def test_shares_of_energy_are_told_beside_chance(run, tmp_path, capsys):
    arguments = ['heat', 'random', run, '--data', 'nuclei', '--out', str(tmp_path / 'heat.png'),
                 '--size', '64', '--most', '2', '--dpi', '40', '--json', str(tmp_path / 'h.json')]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    told = json.loads((tmp_path / 'h.json').read_text())
    assert list(told) == ['random', 'run, epoch 3']
    for name, found in told.items():
        assert len(found) == 2
        share, chance = (np.mean([each[key] for each in found.values()])
                         for key in ('share', 'chance'))
        assert 0 < share < 1
        [row] = [line for line in said.splitlines() if f' {name} ' in line]
        assert [f'{100 * share:.1f}', f'{100 * chance:.1f}', f'{share / chance:.2f}'] == [
            cell.strip() for cell in row.split('│')[2:5]]


def test_cells_larger_than_the_median_object_are_noted_with_the_size_that_mends_it(
        run, photos, tmp_path, capsys):
    """An object of 16 px in 64 is a fourth of the side, and a cell of this network 16 px."""
    path = tmp_path / 'instances.json'
    path.write_text(json.dumps({
        'images': [{'id': 0, 'file_name': 'photos/c.png', 'width': 64, 'height': 64}],
        'annotations': [{'id': 1, 'image_id': 0, 'category_id': 1, 'area': 256, 'iscrowd': 0,
                         'bbox': [8, 8, 16, 16]}],
        'categories': [{'id': 1, 'name': 'thing'}]}))

    def said(size: int) -> str:
        assert main(['heat', run, '--annotations', str(path), '--out', str(tmp_path / 'h.png'),
                     '--size', str(size), '--dpi', '40']) == 0
        return capsys.readouterr().err

    assert ('note: at --size 48 a cell of the maps is larger than the median object and cannot '
            'tell it from what is around: --size 64 would mend it') in said(48)
    for size in (49, 64):  # 49 is seen as 64
        assert 'median object' not in said(size)


def test_a_checkpoint_whose_features_are_constant_is_left_out(run, photos, tmp_path, capsys):
    path = tmp_path / 'run/epoch_3.pth'
    content = torch.load(path, weights_only=True)
    dead = {key: value * 0 for key, value in content['state_dict'].items()}
    torch.save({**content, 'state_dict': dead}, tmp_path / 'dead.pth')
    arguments = ['heat', str(tmp_path / 'dead.pth'), str(photos), '--size', '64', '--out',
                 str(tmp_path / 'heat.png'), '--dpi', '40']
    assert main(['heat', run, *arguments[1:]]) == 0
    assert f'note: {tmp_path}/dead.pth has no heat map: in each image' in capsys.readouterr().err
    (tmp_path / 'heat.png').unlink()
    assert main(arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith('oadp-mm: error: none of these backbones has a heat map')
    assert not (tmp_path / 'heat.png').exists()


@pytest.mark.parametrize(('words', 'sentence'), [
    (['PHOTOS'], 'no backbone is among what was given'),
    (['random', 'PHOTOS'], 'random needs an architecture'),
    (['RUN'], 'no image is among what was given'),
    (['RUN', 'nowhere.png'], 'there is no nowhere.png'),
    (['RUN', 'EMPTY'], 'holds no image'),
    (['RUN', 'PHOTOS', '--size', '0'], '--size must be 32 or more, got 0'),
    (['RUN', 'PHOTOS', '--layer', '7'], 'there is no layer 7'),
    (['RUN', 'PHOTOS', '--annotations', 'none.json'], 'none.json'),
    (['RUN', 'PHOTOS', '--map', 'saliency'], 'epoch_3.pth holds no saliency network of SCD, but '),
    (['RUN', 'PHOTOS', '--map', 'saliency', '--layer', '2'], '--layer 2 has no saliency'),
    (['RUN', 'DAMAGED'], 'damaged.jpg cannot be read'),
    (['RUN', 'PHOTOS', '--dpi', '100000'], '--dpi must be 1000 or less'),
    (['RUN', 'PHOTOS', '--json', 'x.json'], 'give the objects by --data or --annotations'),
])
def test_mistakes_are_one_sentence(run, photos, tmp_path, capsys, words, sentence):
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'damaged.jpg').write_bytes(b'nothing')
    places = {'RUN': run, 'PHOTOS': str(photos), 'EMPTY': str(tmp_path / 'empty'),
              'DAMAGED': str(tmp_path / 'damaged.jpg')}
    out = tmp_path / 'heat.png'
    assert main(['heat', *(places.get(word, word) for word in words), '--out', str(out)]) == 2
    (error,) = capsys.readouterr().err.strip().splitlines()
    assert sentence in error
    assert not out.exists()


def test_a_picture_is_a_png(run, photos, tmp_path, capsys):
    for out in ('heat.txt', '.'):
        assert main(['heat', run, str(photos), '--out', str(tmp_path / out)]) == 2
        [error] = capsys.readouterr().err.splitlines()
        assert '--out names the PNG to write, got' in error


def test_random_is_what_the_probes_take_for_it(run):
    """So that columns and rows of the two commands are the same networks."""
    from oadp_mm.probes.networks import is_random

    assert [is_random(word) for word in ('random', 'random:1', 'randomly', run)] == [
        True, True, False, False]
    assert [network.untrained for network in read_networks([run, 'random:1'])] == [False, True]
