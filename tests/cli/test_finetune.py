from __future__ import annotations

import json
from pathlib import Path

import pytest

from oadp_mm.cli import main
from tests.datasets.labelled.tiny_labels import write_coco
from tests.probes.tiny_network import write_checkpoint


def finetune(work_dir: Path, data: Path | str, *words: str) -> int:
    return main(['finetune', '--data', str(data), '--work-dir', str(work_dir), *words])


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_runs_of_every_start_end_in_a_json_and_a_sentence(tmp_path, capsys):
    write_checkpoint(tmp_path / 'runs/a/epoch_3.pth')
    data, work_dir = write_coco(tmp_path / 'data'), tmp_path / 'my work'
    words = ('--model', 'mask-rcnn-small', '--from', str(tmp_path / 'runs/a'), '--from', 'random',
             '--labels', '3', '--seeds', '1', '--steps', '2', '--batch', '2')
    assert finetune(work_dir, data, *words) == 0
    out = capsys.readouterr().out
    assert 'no verdict on' in out
    content = json.loads((work_dir / 'finetune.json').read_text())
    assert [run['start'] for run in content['runs']] == [str(tmp_path / 'runs/a'), 'random']
    for run in content['runs']:
        log = (work_dir / run['folder'] / 'log.txt').read_text()
        assert 'hand-off checked' in log
        assert (work_dir / run['folder'] / 'predictions.segm.json').exists()
    # one that was stopped in its validation is measured, the others are kept
    stopped = work_dir / content['runs'][1]['folder']
    log, = stopped.glob('*/vis_data/scalars.json')
    log.write_text(''.join(line for line in log.read_text().splitlines(True) if '"lr"' in line))
    state = json.loads((stopped / 'stage.json').read_text())
    (stopped / 'stage.json').write_text(json.dumps({**state, 'finished': False}))
    assert finetune(work_dir, data, *words) == 0
    assert capsys.readouterr().out.count('kept') == 1
    assert 'it validates now' in (stopped / 'log.txt').read_text()
    after = json.loads((work_dir / 'finetune.json').read_text())
    assert after['runs'][1]['metrics'] == content['runs'][1]['metrics']
    # others stay as they are
    assert finetune(work_dir, data, *words, '--steps', '3') == 2
    assert '--steps 2, and with --steps 3' in capsys.readouterr().err
    assert json.loads((work_dir / 'finetune.json').read_text())['runs'][0] == content['runs'][0]


def test_other_settings_than_of_finished_runs_are_refused_before_anything_is_written(tmp_path,
                                                                                     capsys):
    data, work_dir = write_coco(tmp_path / 'data'), tmp_path / 'work'
    work_dir.mkdir()
    asked = {'--data': str(data), '--steps': '6', '--batch': '', '--size': '', '--lr': '',
             '--cfg-options': ''}
    run = dict.fromkeys(('model', 'labels', 'seed', 'start', 'folder'), '')
    (work_dir / 'finetune.json').write_text(json.dumps(
        {'asked': asked, 'data': {}, 'models': {}, 'runs': [run]}))
    words = ('--model', 'mask-rcnn-small', '--from', 'random', '--backbone', 'resnet18')
    assert finetune(work_dir, data, *words, '--steps', '7') == 2
    assert 'with --steps 6, and with --steps 7 they would be others' in capsys.readouterr().err
    assert [path.name for path in work_dir.iterdir() if path.suffix] == ['finetune.json']


@pytest.mark.parametrize(('words', 'sentence'), [
    (('--labels', '0'), "--labels '0' is no number of images"),
    (('--labels', '4,some'), "--labels 'some' is no number"),
    (('--labels', '4,4'), '--labels 4 is given twice'),
    (('--seeds', '0'), '--seeds must be 1 or more, got 0'),
    (('--lr', '0'), '--lr must be above 0'),
    (('--size', '8'), '--size must be 32 or more'),
    (('--model', 'mask-rcn'), 'there is no config mask-rcn'),
    (('--from', 'no/such.pth'), 'checkpoint no/such.pth does not exist'),
    ((), 'random weights need an architecture'),
    (('--backbone', 'resnet18', '--labels', '7'), 'has 6 labelled images to train on'),
])
def test_a_mistake_is_one_sentence_before_anything_runs(words, sentence, tmp_path, capsys):
    data = write_coco(tmp_path / 'data')
    given = ('--model', 'mask-rcnn-small', '--from', 'random')
    assert finetune(tmp_path / 'work', data, *given, *words) == 2
    assert sentence in capsys.readouterr().err
    assert not list((tmp_path / 'work').rglob('log.txt'))
