from __future__ import annotations

import os

import pytest

from oadp_mm.files.configs import config_path, read_config


def test_a_config_is_found_by_its_path_below_configs():
    name = 'oadp/oadp_resnet50_8xb32-coslr-800e_coco.py'
    path = config_path(name)
    assert path.is_file()
    assert path.as_posix().endswith(f'configs/{name}')


def test_a_config_that_is_not_there_is_named_with_the_places():
    with pytest.raises(FileNotFoundError, match=r'no config oadp/x\.py in .*configs'):
        config_path('oadp/x.py')


def test_the_environment_is_read_as_given_and_left_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv('OADP_DATA', 'before')
    path = tmp_path / 'config.py'
    path.write_text("import os\ndata = os.environ['OADP_DATA']\nmodel = dict(depth=18, width=1)\n")
    config = read_config(path, {'OADP_DATA': "it's \\ data"}, {'model.depth': 50})
    assert config == {'data': "it's \\ data", 'model': {'depth': 50, 'width': 1}}
    assert os.environ['OADP_DATA'] == 'before'
