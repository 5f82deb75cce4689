from __future__ import annotations

import json

import pytest

from oadp_mm.cli import main


def run(*arguments) -> int:
    return main(['scenes', *map(str, arguments)])


def test_scenes_are_written_once(tmp_path, capsys):
    out = tmp_path / 'out'
    options = ('--num-train', 3, '--num-test', 2, '--size', 48, 64, '--seed', 4)
    assert run(out, *options) == 0
    assert f'{out}: 3 train and 2 test scenes written.' in capsys.readouterr().out
    for split, count in (('train', 3), ('test', 2)):
        content = json.loads((out / f'annotations/instances_{split}.json').read_text())
        sizes = [(image['height'], image['width']) for image in content['images']]
        assert sizes == [(48, 64)] * count
    assert json.loads((out / 'manifest.json').read_text())['seed'] == 4
    assert run(out, *options) == 0
    assert 'were there already.' in capsys.readouterr().out


def test_other_scenes_are_replaced_only_when_asked(tmp_path, capsys):
    out = tmp_path / 'out'
    options = (out, '--num-train', 1, '--num-test', 1, '--size', 32, 32)
    assert run(*options) == 0
    assert run(*options, '--seed', 1) == 2
    assert 'holds scenes that differ in seed' in capsys.readouterr().err
    assert run(*options, '--seed', 1, '--overwrite') == 0
    assert json.loads((out / 'manifest.json').read_text())['seed'] == 1


@pytest.mark.parametrize(('options', 'message'), [
    (('--num-train', 0), 'num_scenes is 0, expected at least 1.'),
    (('--size', 160, 16), 'size is (160, 16), expected (height, width)'),
    (('--seed', -1), 'seed is -1, expected 0 or more.'),
])
def test_a_mistake_is_one_line_and_makes_nothing(tmp_path, capsys, options, message):
    assert run(tmp_path / 'out', *options) == 2
    error = capsys.readouterr().err
    assert error.startswith('oadp-mm: error: ')
    assert message in error
    assert error.count('\n') == 1
    assert list(tmp_path.iterdir()) == []
