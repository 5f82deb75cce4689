from __future__ import annotations

from types import SimpleNamespace

import pytest
from torch.utils.data import ConcatDataset, Subset

from oadp_mm.datasets import DynamicRandomResizedCrop, MultiViewDataset
from oadp_mm.engine.hooks.dataset_walk import holders, reachable


class Node:
    def __init__(self, **held):
        self.__dict__.update(held)

    def __len__(self):
        return 1


def test_everything_wrapped_is_reached_once():
    shared, leaf = Node(), Node()
    left = Node(pipeline=Node(transforms=[shared, Node(transforms=(shared, leaf))]))
    right = Node(pipeline=[shared], unrelated=Node())
    found = list(reachable(ConcatDataset([Subset(left, [0]), right])))
    assert sum(node is shared for node in found) == 1
    assert sum(node is leaf for node in found) == 1
    assert {id(left), id(right), id(left.pipeline)} <= {id(node) for node in found}
    assert right.unrelated not in found


def test_a_circle_ends():
    node = Node()
    node.dataset = node
    assert list(reachable(node)) == [node]


class Hidden:
    """Keeps what it wraps under a name that no hook knows."""

    def __init__(self, inner):
        self.secret = inner

    def __len__(self):
        return len(self.secret)

    def __getitem__(self, number):
        return self.secret[number]


def runner(dataset, config):
    loader = SimpleNamespace(dataset=dataset)
    return SimpleNamespace(train_dataloader=loader, cfg={'train_dataloader': {'dataset': config}})


CROP = {'type': 'oadp_mm.DynamicRandomResizedCrop', 'size': 4}
VIEWS = {'crop': CROP, 'changes': [{'type': 'RandomFlip', 'prob': 0.5}], 'each': {'a': {}}}
CONFIG = {'type': 'Hidden', 'dataset': {'type': 'oadp_mm.MultiViewDataset', 'views': VIEWS}}


def test_what_a_wrapper_hides_is_told_from_what_is_not_there():
    dataset = MultiViewDataset([{}], VIEWS)
    # Of a data set that was built by hand nothing says that there is a crop.
    assert holders(runner(Hidden(dataset), {}), 'set_epoch') == []
    [crop] = holders(runner(dataset, CONFIG), 'set_epoch')
    assert isinstance(crop, DynamicRandomResizedCrop)
    assert holders(runner(dataset, CONFIG), 'set_seed') == [dataset]
    assert holders(runner(Hidden([]), {'type': 'Hidden'}), 'set_epoch') == []
    assert holders(SimpleNamespace(train_dataloader=SimpleNamespace(dataset=[]), cfg={}), 'x') == []


@pytest.mark.parametrize(('method', 'kind'), [('set_epoch', 'DynamicRandomResizedCrop'),
                                              ('set_seed', 'MultiViewDataset')])
def test_what_a_wrapper_hides_is_refused(method, kind):
    with pytest.raises(ValueError, match=rf'oadp_mm.{kind} .* inside Hidden; .* one of dataset,'):
        holders(runner(Hidden(MultiViewDataset([{}], VIEWS)), CONFIG), method)
