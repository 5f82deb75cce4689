from __future__ import annotations

import pytest
from torch import nn

from oadp_mm.probes.backbones import random_backbone
from oadp_mm.probes.floors import built_as, check_networks
from oadp_mm.probes.networks import Network
from tests.probes.tiny_network import BACKBONE


def _network(name, seed=None, **changes):
    backbone = random_backbone({**BACKBONE, **changes}, seed or 0)
    return Network(name, backbone, {}, {}, {} if seed is None else {'seed': str(seed)})


def test_weights_and_what_they_start_from_are_no_architecture_and_widths_and_strides_are():
    ours = built_as(_network('a'), 16)
    assert built_as(_network('b', 3, zero_init_residual=False), 16) == ours
    others = [built_as(_network('b', base_channels=8), 16), built_as(_network('b'), 32)]
    assert len({ours, *others}) == 3


def test_random_of_another_architecture_is_no_floor():
    like, wide, floor = _network('like'), _network('wide', base_channels=8), _network('random', 0)
    assert check_networks([like, floor], 64, -1) == []
    assert check_networks([like, wide], 64, -1) == []  # nothing to be mistaken for a floor
    (sentence,) = check_networks([like, wide, floor], 64, -1)
    assert sentence.startswith('wide is of another architecture than random')
    coarse = _network('coarse', strides=(1, 2, 2, 2))  # has the same tensors
    assert [each.split()[0] for each in check_networks([coarse, floor], 64, -1)] == ['coarse']


def test_a_size_that_does_not_suit_is_told():
    with pytest.raises(ValueError, match=r'--size 72 is no multiple of 16, .* of random: give 64'):
        check_networks([_network('random', 0)], 72, -1)
    gray = Network('gray', nn.Conv2d(1, 1, 1), {}, {}, {})
    with pytest.raises(ValueError, match='gray does not take images of 3 channels'):
        check_networks([gray], 64, -1)
