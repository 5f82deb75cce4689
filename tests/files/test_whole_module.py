from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from oadp_mm.files.checkpoint import Checkpoint, CheckpointError
from oadp_mm.files.whole_module import listing, load_whole


def module() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))


def checkpoint(**changes: torch.Tensor | None) -> Checkpoint:
    """Ones for all of the module below 'backbone.', with changes; a name is a key with '_'."""
    tensors = {key: torch.ones_like(value) for key, value in module().state_dict().items()}
    for name, value in changes.items():
        tensors[name.replace('_', '.')] = value
    kept = {f'backbone.{key}': value for key, value in tensors.items() if value is not None}
    return Checkpoint(Path('x.pth'), {**kept, 'head.weight': torch.zeros(1)})


def test_all_below_the_prefix_arrives():
    filled = module()
    loaded = load_whole(filled, checkpoint(), advice='')
    assert all((tensor == 1).all() for tensor in filled.state_dict().values())
    assert (loaded.prefix, loaded.left) == ('backbone.', frozenset())
    assert loaded.tensors.keys() == filled.state_dict().keys()


def test_some_parts_fill_a_part():
    part = nn.Sequential(nn.Linear(2, 3))
    loaded = load_whole(part, checkpoint(), only=('0',), advice='')
    assert (part[0].weight == 1).all()
    assert loaded.left == {'1.weight', '1.bias'}
    with pytest.raises(CheckpointError, match='no tensor below 2: set only= to some of 0, 1'):
        load_whole(part, checkpoint(), only=('0', '2'), advice='')


def test_parts_have_other_names_in_the_module_and_some_stay():
    other = nn.ModuleDict({'first': nn.Linear(2, 3), 'last': nn.Linear(1, 1)})
    before = other['last'].weight.item()
    loaded = load_whole(other, checkpoint(), only={'0': 'first'}, fresh=('last',), advice='')
    assert (other['first'].weight == 1).all()
    assert other['last'].weight.item() == before
    assert loaded.names == {'0.weight': 'first.weight', '0.bias': 'first.bias'}
    assert loaded.left == {'1.weight', '1.bias'}


def test_a_part_is_named_by_whole_names():
    """'1' is not the start of '10'."""
    eleven = nn.Sequential(*(nn.Linear(1, 1) for _ in range(11)))
    tensors = {f'{i}.{name}': torch.full(shape, float(i)) for i in range(11)
               for name, shape in (('weight', (1, 1)), ('bias', (1,)))}
    part = nn.ModuleDict({'1': nn.Linear(1, 1)})
    load_whole(part, Checkpoint(Path('x.pth'), tensors), prefix='', only=('1',), advice='')
    assert part['1'].weight.item() == 1
    load_whole(eleven, Checkpoint(Path('x.pth'), {
        key: value for key, value in tensors.items() if not key.startswith('1.')}), prefix='',
        fresh=('1',), advice='')
    assert eleven[10].weight.item() == 10


def test_names_that_are_nowhere_are_refused():
    with pytest.raises(CheckpointError, match=r'no tensor below 0\.scale: set only= to some of '
                                              r'0\.weight, 0\.bias, 1\.weight, 1\.bias'):
        load_whole(module(), checkpoint(), only=('0.scale',), advice='')
    with pytest.raises(CheckpointError, match='Sequential has no tensor below 3: set fresh= to '
                                              'some of 0, 1'):
        load_whole(module(), checkpoint(), fresh=('3',), advice='')


def test_every_misfit_is_listed_and_nothing_is_loaded():
    filled = module()
    before = {key: value.clone() for key, value in filled.state_dict().items()}
    file = checkpoint(**{'0_bias': None, '1_weight': torch.ones(1, 4), '2_bias': torch.ones(1)})
    with pytest.raises(CheckpointError) as caught:
        load_whole(filled, file, advice='take another')
    assert str(caught.value) == (
        'x.pth does not fit Sequential: 1 missing: 0.bias; 1 unexpected: 2.bias; 1 misshapen: '
        '1.weight (file (1, 4), model (1, 3)); take another')
    assert all(torch.equal(value, before[key]) for key, value in filled.state_dict().items())


def test_a_long_list_is_cut():
    assert listing(['a', 'b', 'c'], limit=2) == 'a, b and 1 more'
    assert listing(['a', 'b'], limit=2) == 'a, b'
