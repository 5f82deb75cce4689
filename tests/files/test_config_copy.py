from __future__ import annotations

import pytest
from mmengine.config import Config

from oadp_mm.files.config_copy import copy_config, headline, stands_on
from oadp_mm.files.configs import find_config, shipped_configs

LEAF = 'oadp/ablations/oadp_table7-layers_8xb32-coslr-800e_coco'  # on a primitive on pieces


def test_a_copy_says_the_same_wherever_it_lies(tmp_path):
    source = find_config(LEAF)
    copy = copy_config(source, tmp_path / 'mine')
    assert copy == tmp_path / f'mine/{LEAF}.py'
    assert Config.fromfile(copy).to_dict() == Config.fromfile(source).to_dict()


def test_every_base_is_copied_and_can_be_edited(tmp_path):
    copy = copy_config(find_config(LEAF), tmp_path)
    for file in stands_on(copy):
        assert tmp_path in file.parents
    runtime = tmp_path / '_base_/pretrain_runtime.py'
    runtime.write_text(runtime.read_text() + 'randomness = dict(seed=7)\n')
    assert Config.fromfile(copy).randomness.seed == 7


def test_a_copy_is_repeated_and_an_edited_one_is_kept(tmp_path):
    copy = copy_config(find_config(LEAF), tmp_path)
    assert copy_config(find_config(LEAF), tmp_path) == copy
    copy.write_text('edited = True')
    with pytest.raises(FileExistsError, match='exists and is another text'):
        copy_config(find_config(LEAF), tmp_path)
    assert copy.read_text() == 'edited = True'


def test_what_a_host_ships_stays_the_hosts(tmp_path):
    (tmp_path / 'base.py').write_text('a = 1')
    config = tmp_path / 'config.py'
    config.write_text("_base_ = ['base.py', 'mmdet::_base_/default_runtime.py']")
    assert stands_on(config) == [config, tmp_path / 'base.py']


@pytest.mark.parametrize('name', shipped_configs())
def test_every_config_has_a_headline_and_whole_bases(name):
    path = find_config(name)
    assert headline(path)
    assert all(file.is_file() for file in stands_on(path))
