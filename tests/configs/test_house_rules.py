"""How configs are built: pieces, primitives, leaves on one leaf, tables; configs/README.md."""
from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.configs.leaves import CASES, CONFIGS, LEAVES, ROW, TABLES, is_pretraining, read

HOSTS = {'mmpretrain': 'mmpretrain', 'mmdet': 'onedl-mmdetection', 'mmseg': 'mmsegmentation'}
#: Of a machine.
GPUS = 8
PIECES = sorted(str(path.relative_to(CONFIGS)) for path in (CONFIGS / '_base_').rglob('*.py'))


def bases(name: str) -> list[str]:
    """The files that a config stands on, below configs/, or a host's `package::path`."""
    for node in ast.parse((CONFIGS / name).read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == '_base_':
            listed = ast.literal_eval(node.value)
            return [base if '::' in base else
                    str((CONFIGS / name).parent.joinpath(base).resolve().relative_to(CONFIGS))
                    for base in ([listed] if isinstance(listed, str) else listed)]
    return []


def is_primitive(name: str) -> bool:
    return all('::' in base or base in PIECES for base in bases(name))


@pytest.mark.parametrize('name', PIECES)
def test_a_piece_stands_on_a_host_at_most(name):
    assert len(bases(name)) <= 1
    assert all('::' in base for base in bases(name))


@pytest.mark.parametrize('name', LEAVES)
class TestLeaf:
    def test_it_is_a_primitive_or_stands_on_one(self, name):
        """Three levels: piece, primitive, leaf."""
        if is_primitive(name):
            assert bases(name)
            assert name not in TABLES
        else:
            [base] = bases(name)
            assert is_primitive(base)

    def test_header_is_a_lab_note(self, name, load):
        text = re.split('^(?:import|_base_)', (CONFIGS / name).read_text(), flags=re.MULTILINE)[0]
        notes = dict(re.findall(r'^# (\w+): (.*(?:\n#  .*)*)', text, re.MULTILINE))
        assert list(notes) == ['Paper', 'Command', 'Expected', 'Hardware']
        assert f'mim train {HOSTS[load(name).default_scope]} ' in notes['Command']
        assert f'configs/{name}' in notes['Command']
        processes = int(re.search(r'_(\d+)xb|$', name)[1] or 1)
        start = ('' if processes == 1 else f'--launcher pytorch --gpus {processes}'
                 if processes <= GPUS else f'--launcher slurm --gpus {processes} '
                 f'--gpus-per-node {GPUS} --partition PARTITION')  # mim asks for both
        assert start in notes['Command']
        rows = re.findall(r'OADP_ROW=(\S+)', notes['Command'])
        assert rows == TABLES.get(name, [])[:1]

    def test_name_has_no_dot(self, name):
        assert '.' not in name.removesuffix('.py')


def test_each_piece_is_used():
    assert set(PIECES) == {base for name in LEAVES for base in bases(name) if base in PIECES}


def test_no_two_runs_write_into_one_folder():
    assert max(Counter(name.rsplit('/', 1)[-1] for name in LEAVES).values()) == 1


@pytest.mark.parametrize('case', CASES)
def test_what_pieces_lend_is_used_up(case, load):
    config = load(case)
    assert not {'images', 'proposals', 'correspondences', 'views', 'train_data',
                'val_data'} & set(config)
    if is_pretraining(config):
        # A config that was written and read again has its keys sorted, and views come in order.
        names = list(config.train_dataloader.dataset.views.each)
        assert names == sorted(names) and len(names) > 1


@pytest.mark.parametrize('name', TABLES)
class TestTable:
    def test_rows_write_into_folders_of_their_own(self, name, load):
        folders = [load(f'{name}{ROW}{row}').work_dir for row in TABLES[name]]
        stem = name.rsplit('/', 1)[-1].removesuffix('.py')
        assert folders == [f'work_dirs/{stem}/{row}' for row in TABLES[name]]

    def test_the_first_row_is_taken_by_default(self, name, load):
        assert load(name).to_dict() == load(f'{name}{ROW}{TABLES[name][0]}').to_dict()

    def test_an_unknown_row_is_told_the_known_ones(self, name):
        with pytest.raises(ValueError, match=f'OADP_ROW=row of mine .*{", ".join(TABLES[name])}$'):
            read(name, OADP_ROW='row of mine')
