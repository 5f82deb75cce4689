from __future__ import annotations

import os

import pytest

from oadp_mm.files.configs import config_path, find_config, read_config, shipped_configs


def test_a_config_is_found_by_its_path_below_configs():
    name = 'oadp/oadp_resnet50_8xb32-coslr-800e_coco.py'
    path = config_path(name)
    assert path.is_file()
    assert path.as_posix().endswith(f'configs/{name}')


def test_a_config_that_is_not_there_is_named_with_the_places():
    with pytest.raises(FileNotFoundError, match=r'no config oadp/x\.py in .*configs'):
        config_path('oadp/x.py')


STEM = 'oadp_resnet50_8xb32-coslr-800e_coco'


@pytest.mark.parametrize('name', [f'oadp/{STEM}.py', f'oadp/{STEM}', STEM, f'{STEM}.py'])
def test_a_config_is_found_by_name_from_anywhere(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_config(name) == config_path(f'oadp/{STEM}.py')


def test_a_file_comes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f'{STEM}.py').touch()
    assert find_config(f'{STEM}.py').absolute() == tmp_path / f'{STEM}.py'
    assert find_config(STEM) == config_path(f'oadp/{STEM}.py')


@pytest.mark.parametrize(('typed', 'closest'), [
    ('oadp/oadp_resnet50_8xb32-coslr-800e-coco', f'oadp/{STEM},'),
    ('oadp_resnet50_8xb32-coslr_800e_coco.py', f'oadp/{STEM},'),
    ('$%', None)])
def test_a_name_that_is_none_is_answered_with_the_closest(typed, closest):
    with pytest.raises(FileNotFoundError, match='neither a file nor a name below') as error:
        find_config(typed)
    message = str(error.value)
    assert f': the closest are {closest}' in message if closest else 'closest' not in message


def test_a_stem_of_two_configs_is_no_name(tmp_path, monkeypatch):
    for folder in ('a', 'b'):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / 'same.py').touch()
    monkeypatch.setattr('oadp_mm.files.configs._PLACES', (tmp_path,))
    with pytest.raises(ValueError, match='2 configs are called same: give one of a/same, b/same'):
        find_config('same')
    assert find_config('b/same') == tmp_path / 'b/same.py'


def test_pieces_are_no_configs_to_run():
    names = shipped_configs()
    assert f'oadp/{STEM}' in names
    assert not [name for name in names if '_base_' in name]
    assert all(path.is_file() for path in names.values())


def test_the_environment_is_read_as_given_and_left_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv('OADP_DATA', 'before')
    path = tmp_path / 'config.py'
    path.write_text("import os\ndata = os.environ['OADP_DATA']\nmodel = dict(depth=18, width=1)\n")
    config = read_config(path, {'OADP_DATA': "it's \\ data"}, {'model.depth': 50})
    assert config == {'data': "it's \\ data", 'model': {'depth': 50, 'width': 1}}
    assert os.environ['OADP_DATA'] == 'before'
