"""The page of runs made by hand: what it tells, and what it says is missing."""
from __future__ import annotations

import json
import re
import shutil
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from mmengine.config import Config
from PIL import Image

from oadp_mm.datasets.nuclei import nuclei
from oadp_mm.journey import report_pictures
from oadp_mm.journey.report import write_report
from tests.journey.made_runs import (
    PRETRAINING,
    write_finetune_json,
    write_finetuning,
    write_pretraining,
    write_probe,
    write_training,
)
from tests.probes.tiny_network import write_checkpoint


def told(root: Path) -> str:
    """The text of the page, without tags and pictures."""
    page = write_report(root).read_text()
    return ' '.join(unescape(re.sub(r'<style>.*?</style>|<[^>]+>', ' ', page, flags=re.S)).split())


def pictures(root: Path) -> int:
    return write_report(root).read_text().count('<img')


def test_a_pretraining_tells_what_was_asked_and_how_it_went(tmp_path):
    folder = write_pretraining(tmp_path / 'a', log='x - WARNING - the features have collapsed\n')
    (folder / 'pretrain.py').write_text(
        '# Asked: oadp-mm pretrain photos --seed 3\n# Learning rate: 0.05, as asked\nx = 1\n'
        '# Not: it\n')
    text = told(tmp_path)
    for piece in ('a: oadp_mm.OADP with a ResNet-18 of 16 base channels, finished: 6 of 6 epochs, '
                  'to iteration 30.', ' oadp-mm pretrain photos --seed 3 ',
                  'learning rate 0.05, as asked', 'views 112 px', 'batch 16 images',
                  'SGD, learning rate 0.05', 'The sum went from 3 to 1.',
                  'whole views 11.0 to 9.0; cells 11.0 to 9.0',
                  'Warned of: the features have collapsed',
                  'no probe (oadp-mm probe) and no fine-tuning (oadp-mm finetune)'):
        assert piece in text


def test_patch_pairs_are_drawn_on_images_of_the_pretraining(tmp_path):
    write_pretraining(tmp_path, model={**PRETRAINING['model'], 'selector': {
        'type': 'oadp_mm.PatchSelector', 'grid': 7}})
    name = nuclei.names('train')[181]  # of 544, a third each
    assert f'Two augmented views of {name}.jpg.' in told(tmp_path)
    assert pictures(tmp_path) == 3 + 3


def test_heat_maps_are_drawn_before_and_after_the_training(tmp_path):
    run = write_pretraining(tmp_path / 'run')
    assert 'Heat maps are not drawn: ' in told(tmp_path)  # its checkpoint is an empty file
    before = pictures(tmp_path)
    write_checkpoint(run / 'epoch_6.pth')
    assert 'Heat maps before and after the training.' in told(tmp_path)
    assert pictures(tmp_path) == before + 1


@pytest.fixture
def photos(tmp_path):
    """Nine of noise, of which a report draws those of numbers 0, 3 and 6."""
    folder = tmp_path / 'photos'
    folder.mkdir()
    for number in range(9):
        pixels = np.random.default_rng(number).integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f'{number}.png')
    return folder


def write_run(photos: Path) -> Path:
    dataset = {'type': 'oadp_mm.ImageFolder', 'data_root': str(photos),
               'pipeline': [{'type': 'oadp_mm.LoadImage'}]}
    root = photos.with_name('runs')
    run = write_pretraining(root / 'run', train_dataloader={
        'dataset': {'dataset': dataset, 'views': {}}})
    write_checkpoint(run / 'epoch_6.pth')
    return root


def test_the_next_image_is_drawn_for_one_that_cannot_be_read(photos, monkeypatch):
    drawn = []
    monkeypatch.setattr(report_pictures, 'draw_heat_maps',
                        lambda pixels, maps: drawn.extend(pixels) or Figure())
    for number in (0, 3, 4, 8):
        (photos / f'{number}.png').write_bytes(b'no picture')
    text = told(write_run(photos))
    assert 'Heat maps before and after' in text and 'cannot be read' not in text
    assert len(drawn) == 3
    for pixels, number in zip(drawn, (1, 5, 6), strict=True):
        assert (pixels == np.asarray(Image.open(photos / f'{number}.png'))).all()


def test_without_a_readable_image_one_sentence_says_why(photos):
    for path in photos.iterdir():
        path.write_bytes(b'no picture')
    assert 'Its images are not drawn: ' in told(write_run(photos))


def test_pictures_of_a_page_that_are_the_same_are_in_it_once(tmp_path):
    model = {**PRETRAINING['model'], 'selector': {'type': 'oadp_mm.PatchSelector', 'grid': 7}}
    for name in 'ab':
        write_pretraining(tmp_path / name, model=model)
    assert pictures(tmp_path) == 2 * 3 + 3  # curves of each
    assert 'The same picture as above: Two augmented views of ' in told(tmp_path)


def test_images_that_are_gone_leave_one_sentence(tmp_path):
    dataset = {'type': 'oadp_mm.ImageFolder', 'data_root': str(tmp_path / 'gone')}
    write_pretraining(tmp_path, train_dataloader={'dataset': {'dataset': dataset, 'views': {}}})
    gone = f'image folder {tmp_path / "gone"} does not exist'
    assert f'Its images are not drawn: {gone}' in told(tmp_path)
    assert pictures(tmp_path) == 3


@pytest.mark.parametrize(('epoch', 'rows', 'sentence'), [
    (2, [{'lr': 1, 'loss': 1., 'step': 7}], 'unfinished: logged to iteration 7, and saved after 2 '
                                            'of 6 epochs'),
    (0, [], '16 base channels, begun, nothing trained yet')])
def test_a_killed_pretraining_says_how_far_it_came(tmp_path, epoch, rows, sentence):
    write_training(tmp_path, PRETRAINING, rows, epoch=epoch)
    text = told(tmp_path)
    assert sentence in text
    assert 'oadp_mm.CollapseHook was not among custom_hooks' in text


def test_a_pretraining_that_has_only_its_config_has_begun(tmp_path):
    folder = write_pretraining(tmp_path / 'a', epoch=0)
    (folder / 'pretrain.py').write_text(Config(PRETRAINING).pretty_text)
    shutil.rmtree(folder / '20260101_000000')
    assert 'a: oadp_mm.OADP with a ResNet-18 of 16 base channels, begun, nothing trained yet' in (
        told(tmp_path))


def test_checkpoints_of_two_runs_tell_no_length(tmp_path):
    write_pretraining(tmp_path)
    (tmp_path / 'iter_9.pth').touch()
    assert 'saved after 0 of 6 epochs' in told(tmp_path)


def test_probes_on_the_way_are_curves_by_family(tmp_path):
    write_training(tmp_path, PRETRAINING, [
        {'lr': 1, 'loss': 1., 'step': 1}, {'probe/dense/linear': 20., 'probe/dense/R2': .1,
                                           'probe/region/mAP': 50., 'step': 2}])
    assert 'Figures of the family dense' in told(tmp_path)
    assert pictures(tmp_path) == 3  # losses and two families


@pytest.mark.parametrize(('settings', 'name'), [
    ({}, 'ORL'), ({'pairs': ((0, 1), (1, 0))}, 'ORL (its stage 1, BYOL)'),
    ({'pairs': ((2, 3), (3, 2))}, 'ORL'),
    ({'semantic_head': {'type': 'oadp_mm.SemanticHead'}}, 'ORL (SCD-ORL)'),
    ({'semantic_head': {'type': 'oadp_mm.SemanticHead', 'loss_weight': 0}}, 'ORL'),
    ({'semantic_head': None}, 'ORL')])
def test_the_trainings_of_orl_are_told_apart(settings, name, tmp_path):
    write_pretraining(tmp_path / 'a', model={'type': 'oadp_mm.ORL', **settings})
    assert f'a: oadp_mm.{name} with a backbone, ' in told(tmp_path)


def test_runs_of_several_folders_are_told_apart(tmp_path):
    """Typed in three folders; `first` is unlike all, and of c only a pretraining tells."""
    for name in 'abc':
        write_pretraining(tmp_path / name / 'stage3')
    write_pretraining(tmp_path / 'first')
    write_probe(tmp_path / 'a/probe', {'stage3': [60.], 'random': [50.]})
    write_probe(tmp_path / 'probe', {'b/stage3': [61.], 'first': [62.], 'random': [50.]})
    write_finetuning(tmp_path / 'a/tuned', images=2)
    content = (tmp_path / 'a/tuned/finetune.json').read_text()
    (tmp_path / 'a/tuned/finetune.json').write_text(
        content.replace('"runs/a"', f'"{tmp_path}/a/stage3"'))
    text = told(tmp_path)
    for name in ('a/stage3', 'b/stage3', 'first'):
        assert f'frozen features: {name} is better than the untrained network' in text
    assert 'mask AP of mask-rcnn with 16 labels: a/stage3 helps' in text


def test_probes_are_tables_beside_the_floor(tmp_path):
    write_probe(tmp_path / 'probe', {'runs/a': [60., 40.], 'random': [50., 45.]})
    text = told(tmp_path)
    assert 'a is better than the untrained network in 1 of 2 figures and worse in 1' in text
    assert 'a 60.0* 40.0 random 50.0 45.0*' in text


def test_a_finetuning_tells_figures_differences_and_pictures(tmp_path):
    write_finetuning(tmp_path / 'tuned')
    text = told(tmp_path)
    for piece in ('mask AP of mask-rcnn with 16 labels: a helps (+9.5 over random, 95 % '
                  'interval +3.1 to +15.9, 2 seeds).',
                  'x.py of mmdet: 15 steps with 16 labelled images, 4 images each.',
                  # 20 and 21 deviate by sqrt(1/2).
                  'mask AP 16 30.0 ± 0.0 20.5 ± 0.7 +9.5 (+3.1 to +15.9) +10.0 +9.0',
                  'those that the model is surest of', 'blue: nucleus, orange: border',
                  'Training loss with 16 labelled images'):
        assert piece in text
    assert pictures(tmp_path) == 6  # a model: dots, losses, predictions
    assert 'no fine-tuning' not in text and 'Other trainings' not in text


def test_one_seed_has_no_interval(tmp_path):
    write_finetuning(tmp_path, seeds=[4], images=2)
    text = told(tmp_path)
    assert 'no verdict on a from one seed (+6.0 over random, one seed).' in text
    assert 'mask AP 16 30.0 24.0 +6.0 +6.0' in text


def test_a_half_done_finetuning_shows_what_is_there(tmp_path):
    write_finetuning(tmp_path, images=2)
    content = json.loads((tmp_path / 'finetune.json').read_text())
    metrics = {'mask-rcnn': ['box AP', 'mask AP'], 'fcn': ['mIoU']}
    write_finetune_json(tmp_path, content['runs'][:1], metrics)
    assert 'mask AP 16 30.0 - - -' in told(tmp_path)
    write_finetune_json(tmp_path, [], metrics)
    assert 'No run is finished: the same command goes on.' in told(tmp_path)


@pytest.mark.parametrize('done', [0, 3, 8])
def test_runs_that_a_finetuning_has_yet_to_do_are_counted_in_the_summary(tmp_path, done):
    """Those of another command in the same folder do not count."""
    write_finetuning(tmp_path / 'runs/tuned', images=2)  # 2 models, 2 starts, 2 seeds
    content = json.loads((tmp_path / 'runs/tuned/finetune.json').read_text())
    (tmp_path / 'runs/tuned/configs').mkdir()
    for command, folder in (*((content['command'], run['folder']) for run in content['runs']),
                            ('oadp-mm finetune --seeds 9', 'fcn/labels-16/seed8/random')):
        (tmp_path / f'runs/tuned/configs/{folder.replace("/", "_")}.py').write_text(
            f'# A run.\n# Asked for: {command}\nx = 1\n')
    write_finetune_json(tmp_path / 'runs/tuned', content['runs'][:done],
                        {'mask-rcnn': ['box AP', 'mask AP'], 'fcn': ['mIoU']})
    sentence = f'runs/tuned: {done} of 8 runs are done; the same command goes on.'
    assert told(tmp_path).count(sentence) == (2 if done < 8 else 0)  # summary and section


@pytest.mark.parametrize(('change', 'sentence'), [
    (lambda value: value / 10, 'no run reaches 5 %: starts cannot be told apart'),  # 2 to 3 %
    (lambda value: 28.3, 'all runs give 28.3 %, as where one class'), (lambda value: value, '')])
def test_at_the_floor_no_verdict_counts(tmp_path, change, sentence):
    write_finetuning(tmp_path, images=2)
    path = tmp_path / 'finetune.json'
    content = json.loads(path.read_text())
    for run in content['runs']:
        run['metrics'] = {name: change(value) for name, value in run['metrics'].items()}
    path.write_text(json.dumps(content))
    text = told(tmp_path)
    assert text.count('whatever the verdicts say') == (3 if sentence else 0)  # of all metrics
    assert sentence in text


def test_predictions_without_their_images_leave_one_sentence(tmp_path):
    write_finetuning(tmp_path, images=2)
    shutil.rmtree(tmp_path / 'data')
    assert pictures(tmp_path) == 4
    assert told(tmp_path).count('Predictions are not drawn: ') == 2


def test_masks_with_a_palette_are_drawn_as_hosts_read_them(tmp_path):
    folder = write_finetuning(tmp_path)
    before = pictures(tmp_path)
    for path in (folder / 'data/test/masks').iterdir():
        with Image.open(path) as mask:
            numbers = np.asarray(mask)
        coloured = Image.fromarray(numbers, 'P')
        coloured.putpalette([9, 99, 199] * 256)
        coloured.save(path)
    assert 'Predictions are not drawn' not in told(tmp_path)
    assert pictures(tmp_path) == before


@pytest.mark.parametrize('lacks', ['data', 'runs', 'models', 'starts', 'comparisons', 'metrics'])
def test_a_json_that_lacks_something_is_one_sentence(lacks, tmp_path):
    write_probe(tmp_path / 'p', {'a': [3.], 'random': [1.]})
    write_finetuning(tmp_path / 't', seeds=[0], images=1)
    path = tmp_path / 't/finetune.json'
    content = json.loads(path.read_text())
    del (content['runs'][0] if lacks == 'metrics' else content)[lacks]
    path.write_text(json.dumps(content))
    text = told(tmp_path)
    assert (f"{path} lacks what oadp-mm finetune writes (KeyError('{lacks}')): repeat the command "
            'that wrote it.') in text
    assert 'Probes of frozen features' in text


def test_other_trainings_show_losses_and_their_last_validation(tmp_path):
    write_training(tmp_path / 'x', {'default_scope': 'mmseg', 'model': {'type': 'EncoderDecoder'}},
                   [{'lr': 1, 'loss': 2., 'step': 5}, {'mIoU': 41.25, 'step': 5}])
    text = told(tmp_path)
    assert 'EncoderDecoder, to iteration 5.' in text and 'mIoU 41.25' in text
    assert pictures(tmp_path) == 1


def test_stages_tell_their_time_and_command(tmp_path):
    (tmp_path / 'export').mkdir()
    (tmp_path / 'export/stage.json').write_text(json.dumps({
        'title': 'export it', 'command': 'oadp-mm export a b', 'seconds': 65, 'finished': False}))
    text = told(tmp_path)
    assert 'export export it 1 min 05 s, unfinished' in text and 'oadp-mm export a b' in text
