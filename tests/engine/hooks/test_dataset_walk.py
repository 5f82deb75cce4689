from __future__ import annotations

from torch.utils.data import ConcatDataset, Subset

from oadp_mm.engine.hooks.dataset_walk import reachable


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
