"""`oadp-mm pretrain`: small trainings by it, and what it says instead of beginning one."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from oadp_mm import cli
from oadp_mm.datasets.image_files import read_image
from oadp_mm.files.checkpoint import read_checkpoint
from oadp_mm.journey import checks, launch
from oadp_mm.journey.methods import METHODS, WITH_CORRESPONDENCES
from tests.datasets.correspondence_files import correspondence_file
from tests.journey.tiny_folder import TINY, forget_runs, write_images


@pytest.fixture
def images(tmp_path):
    return write_images(tmp_path / 'images')


def pretrain(images: Path | str, work_dir: Path, *more: str, epochs: int = 2) -> int:
    forget_runs()
    return cli.main(['pretrain', str(images), *TINY, '--method', 'byol', '--epochs', str(epochs),
                     '--work-dir', str(work_dir), *more])


def corresponding(images: Path) -> Path:
    """A file in which each image's neighbour is the next one, and whole images correspond."""
    names = sorted(path.relative_to(images).as_posix() for path in images.rglob('*.png'))
    sizes = {name: read_image(images / name).shape[:2] for name in names}
    return correspondence_file(
        images.with_name('pairs.npz'), {name: [(0, 0, *sizes[name][::-1])] for name in names},
        sizes, {name: {other: [(0, 0)]} for name, other in
                zip(names, [*names[1:], names[0]], strict=True)}, folder=images)


def weights(path: Path) -> dict[str, torch.Tensor]:
    return read_checkpoint(path).tensors


def same(one: Path, other: Path) -> bool:
    first, second = weights(one), weights(other)
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first)


def test_the_same_command_goes_on_and_ends(images, tmp_path, capsys):
    whole, stopped = tmp_path / 'whole', tmp_path / 'stopped'
    assert pretrain(images, whole) == 0
    assert f'oadp-mm probe {whole} random' in capsys.readouterr().out
    assert pretrain(images, stopped) == 0
    note = (stopped / 'pretrain.py').read_text()
    (stopped / 'epoch_2.pth').unlink()  # as a kill before it leaves the folder
    assert pretrain(images, stopped) == 0
    assert same(whole / 'epoch_2.pth', stopped / 'epoch_2.pth')
    assert (stopped / 'pretrain.py').read_text() == note
    capsys.readouterr()
    before = (stopped / 'epoch_2.pth').stat().st_mtime_ns
    assert pretrain(images, stopped) == 0
    told = capsys.readouterr().out
    assert 'is finished: all 2 epochs are done' in told
    assert 'oadp-mm finetune' in told
    assert (stopped / 'epoch_2.pth').stat().st_mtime_ns == before


@pytest.mark.parametrize('method', METHODS)
def test_every_method_trains(images, tmp_path, method):
    more = ('--correspondences', str(corresponding(images))) * (method in WITH_CORRESPONDENCES)
    assert pretrain(images, tmp_path / 'run', '--method', method, '--last-stride', '1', *more,
                    epochs=1) == 0
    assert (tmp_path / 'run/epoch_1.pth').is_file()


def test_another_command_that_planned_meanwhile_is_refused(images, tmp_path, capsys, monkeypatch):
    """While the first one trains, and after it has finished: what is told is what trained."""
    run, real = tmp_path / 'run', launch.launch
    told: list[str] = []

    def other(lr: str) -> None:
        assert pretrain(images, run, '--lr', lr) == 2
        told.extend(capsys.readouterr().err.splitlines()[-1:])

    def train(*args) -> int:
        monkeypatch.setattr(launch, 'launch', real)
        other('.5')
        return real(*args)

    monkeypatch.setattr(launch, 'launch', train)
    assert pretrain(images, run, '--lr', '.001') == 0
    # A whole pretraining between the plan of another and its turn.
    late, check = tmp_path / 'late', checks.check_memory

    def slow(*args) -> str:
        monkeypatch.setattr(checks, 'check_memory', check)
        assert pretrain(images, late, '--lr', '.001') == 0
        return check(*args)

    monkeypatch.setattr(checks, 'check_memory', slow)
    assert pretrain(images, late, '--lr', '.5') == 2
    told.extend(capsys.readouterr().err.splitlines()[-1:])
    assert 'another pretraining is running in' in told[0]
    assert 'holds a pretraining with --lr 0.001, and with --lr 0.5 it would be' in told[1]
    for folder in (run, late):
        assert 'lr=0.001' in (folder / 'pretrain.py').read_text()
        assert same(run / 'epoch_2.pth', folder / 'epoch_2.pth')


def test_the_config_trains_by_itself(images, tmp_path):
    assert pretrain(images, tmp_path / 'a') == 0
    (tmp_path / 'b').mkdir()
    text = (tmp_path / 'a/pretrain.py').read_text()
    (tmp_path / 'b/pretrain.py').write_text(text)
    forget_runs()
    assert cli.main(['train', str(tmp_path / 'b/pretrain.py'), '--work-dir',
                     str(tmp_path / 'b')]) == 0
    assert same(tmp_path / 'a/epoch_2.pth', tmp_path / 'b/epoch_2.pth')


def test_it_starts_from_given_weights(images, tmp_path, capsys):
    """After no step: the rate is next to nothing. The target starts from them, too."""
    assert pretrain(images, tmp_path / 'a') == 0
    given = weights(tmp_path / 'a/epoch_2.pth')
    assert pretrain(images, tmp_path / 'b', '--method', 'oadp', '--last-stride', '1', '--init',
                    str(tmp_path / 'a'), '--lr', '1e-30') == 0
    found = weights(tmp_path / 'b/epoch_2.pth')
    scales = [name for name in given if name.startswith('backbone.') and name.endswith('weight')]
    assert len(scales) > 20
    assert all(torch.equal(given[name], found[name]) and torch.equal(given[name],
               found[name.replace('backbone.', 'target.module.', 1)]) for name in scales)
    assert "required=True" in (tmp_path / 'b/pretrain.py').read_text()


@pytest.mark.parametrize('change', ['longer', 'gone'])
def test_it_goes_on_whatever_became_of_the_weights_that_it_began_from(
        images, tmp_path, capsys, change):
    """To the bit, and a finished one stays finished."""
    first, run = tmp_path / 'a', tmp_path / 'b'
    assert pretrain(images, first, epochs=1) == 0
    begun = shutil.copytree(first, tmp_path / 'begun')
    assert pretrain(images, run, '--init', str(first)) == 0
    if change == 'longer':
        (first / 'epoch_1.pth').rename(first / 'epoch_3.pth')
    else:
        shutil.rmtree(first)
    assert pretrain(images, run, '--init', str(first)) == 0
    assert 'is finished' in capsys.readouterr().out
    whole = (run / 'epoch_2.pth').rename(tmp_path / 'whole.pth')
    assert pretrain(images, run, '--init', str(first)) == 0
    assert same(whole, run / 'epoch_2.pth')
    assert str(first / 'epoch_1.pth') in (run / 'pretrain.py').read_text()
    assert pretrain(images, run, '--init', str(begun)) == 2
    assert f'with --init {begun} it would be another' in capsys.readouterr().err


WRONG = {
    'no folder': (('nowhere',), 'nowhere is not there: give a folder of images, or the word nucl'),
    'no epochs': (('--epochs', '0'), '--epochs must be 1 or more, got 0'),
    'no rate': (('--lr', '-1'), '--lr must be a number above 0, got -1.0'),
    'a method': (('--method', 'dino'), '--method dino is unknown: choose from oadp, byol, moco'),
    'a backbone': (('--backbone', 'vit'), '--backbone vit is unknown: choose from resnet18, '),
    'a batch of one': (('--batch', '1'), 'batch norm of one image is undefined: type --batch 2 or'),
    'a batch': (('--batch', '9'), 'has 8 images, fewer than --batch 9: type --batch 8'),
    'a size': (('--method', 'regioncl-m', '--size', '72'), 'type --size 64 or --size 96, or'),
    'a rate of none': (('--lr', 'nan'), '--lr must be a number above 0, got nan'),
    'a stem faster than all': (('--stem-lr', '1.5'), '--stem-lr is a share, 0 to 1, got 1.5'),
    'half of a probe': (('--probe-every', '3'), '--probe-every N and --probe-data DATA go'),
    'no proposals': (('--method', 'soco', '--proposals', 'x.npz'), 'there are no proposals'),
    'proposals for no use': (('--proposals', 'x.npz'), 'byol learns from no proposals: leave'),
    'small views': (('--method', 'soco', '--size', '48'), 'too small for soco, which pools boxes'),
    'no weights': (('--init', 'x.pth'), 'x.pth does not exist: check the path'),
}


@pytest.mark.parametrize('case', WRONG)
def test_a_mistake_is_one_sentence(images, tmp_path, capsys, case, monkeypatch):
    monkeypatch.chdir(tmp_path)
    more, sentence = WRONG[case]
    folder, more = (more[0], ()) if case == 'no folder' else (images, more)
    assert pretrain(folder, tmp_path / 'run', *more) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert sentence in line
    assert not (tmp_path / 'run').exists()


def test_weights_of_another_network_are_one_sentence(images, tmp_path, capsys):
    assert pretrain(images, tmp_path / 'a', epochs=1) == 0
    capsys.readouterr()
    for more in (('--width', '8'), ('--backbone', 'resnet34')):
        assert pretrain(images, tmp_path / 'b', '--init', str(tmp_path / 'a'), *more) == 2
        [line] = capsys.readouterr().err.splitlines()
        assert 'the file is a ResNet-18 of width 0.0625, the model a ResNet' in line
        assert 'give --backbone and --width of the file' in line


def test_proposals_are_made_before_and_stay(images, tmp_path, capsys):
    """Of a training that goes on they are made only if they are gone."""
    run, soco = tmp_path / 'run', ('--method', 'soco')
    assert pretrain(images, run, *soco) == 0
    assert 'proposals of 8 images first, into' in capsys.readouterr().out
    made, whole = (run / 'proposals.npz').read_bytes(), weights(run / 'epoch_2.pth')
    for gone in (False, True):
        (run / 'epoch_2.pth').unlink()
        (run / 'proposals.npz').unlink() if gone else None
        assert pretrain(images, run, *soco) == 0
        assert ('images first' in capsys.readouterr().out) == gone
        assert (run / 'proposals.npz').read_bytes() == made
        again = weights(run / 'epoch_2.pth')
        assert all(torch.equal(again[name], tensor) for name, tensor in whole.items())


def test_given_proposals_are_read_and_have_to_be_of_the_images(images, tmp_path, capsys):
    file, run = tmp_path / 'boxes.npz', tmp_path / 'run'
    assert cli.main(['proposals', str(images), '--out', str(file)]) == 0
    assert pretrain(images, run, '--method', 'soco', '--proposals', str(file), epochs=1) == 0
    assert not (run / 'proposals.npz').exists()
    config = Config.fromfile(run / 'pretrain.py')
    assert config.train_dataloader.dataset.proposals.files == str(file)
    write_images(images, 9)
    assert pretrain(images, tmp_path / 'more', '--method', 'soco', '--proposals', str(file)) == 2
    assert 'has no proposals of 1 of 9 images' in capsys.readouterr().err.splitlines()[-1]


def test_correspondences_of_other_images_are_refused_before_anything(images, tmp_path, capsys):
    file = corresponding(images)
    write_images(images, 9)
    assert pretrain(images, tmp_path / 'run', '--method', 'orl', '--correspondences',
                    str(file)) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert 'was made of 8 images of images, not of these 9 of images: type oadp-mm orl' in line
    assert not (tmp_path / 'run').exists()


def test_what_soco_learned_is_handed_over_in_parts(images, tmp_path):
    run, file = tmp_path / 'run', tmp_path / 'parts.pth'
    assert pretrain(images, run, '--method', 'soco', epochs=1) == 0
    assert cli.main(['export', str(run), str(file), '--parts', 'backbone,neck,box_head']) == 0
    parts = {name.partition('.')[0] for name in weights(file)}
    assert parts == {'backbone', 'neck', 'box_head'}
