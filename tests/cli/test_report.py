from __future__ import annotations

import sys
from pathlib import Path

import pytest

from oadp_mm.cli import main
from oadp_mm.stages.child_process import follow
from tests.journey.made_runs import write_probe
from tests.journey.tiny_pretraining import write_config, write_images


def test_a_folder_without_runs_is_one_sentence(tmp_path, capsys):
    assert main(['report', str(tmp_path)]) == 2
    out = capsys.readouterr()
    assert out.err.startswith(f'oadp-mm: error: nothing below {tmp_path} is a run: expected ')
    assert out.err.count('\n') == 1
    assert not (tmp_path / 'report.html').exists()


def test_the_page_goes_where_it_is_told(tmp_path, capsys):
    write_probe(tmp_path / 'probe', {'a': [1]})
    assert main(['report', str(tmp_path), '--out', str(tmp_path / 'new/page.html')]) == 0
    assert capsys.readouterr().out == f'{tmp_path / "new/page.html"}\n'
    assert (tmp_path / 'new/page.html').is_file() and not (tmp_path / 'report.html').exists()


@pytest.mark.integration
def test_a_real_pretraining_of_two_steps_is_told(tmp_path):
    """What mmengine and the hooks write is what the page reads."""
    data = write_images(tmp_path / 'images')
    config = write_config(tmp_path / 'tiny.py', more=f'''
train_dataloader['dataset']['dataset']['data_root'] = {str(data / "train")!r}
train_dataloader.update(
    batch_size=4, num_workers=0, sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'))
runner_type = 'oadp_mm.Runner'
custom_hooks = [dict(type='oadp_mm.CollapseHook', interval=1, images=4)]
default_hooks = dict(logger=dict(type='LoggerHook', interval=1))
visualizer = dict(type='UniversalVisualizer', vis_backends=[dict(type='LocalVisBackend')])
''')
    work_dir = tmp_path / 'runs/a'
    words = (sys.executable, '-m', 'oadp_mm', 'train', str(config), '--work-dir', str(work_dir))
    log = tmp_path / 'log.txt'
    assert follow(words, {'OADP_EPOCHS': '1'}, log, lambda line: None) == 0, log.read_text()
    assert main(['report', str(tmp_path / 'runs')]) == 0
    page = Path(tmp_path / 'runs/report.html').read_text()
    assert ('a: SimSiam with a ResNet-18 of 4 base channels, finished: 1 of 1 epochs, to iteration '
            '2.') in page
    assert 'Effective rank, from the first look to the last: whole views ' in page
    assert page.count('<img') == 4  # three of curves, one of heat maps
