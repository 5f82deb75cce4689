from __future__ import annotations

import pytest
import torch

from oadp_mm.models.view_pairs import BOTH_WAYS, ONE_WAY, check_pairs, summed


@pytest.mark.parametrize('pairs', [ONE_WAY, BOTH_WAYS, ((0, 1), (1, 0), (0, 2), (2, 0))])
def test_pairs_come_as_tuples_however_a_config_writes_them(pairs):
    assert check_pairs([list(pair) for pair in pairs]) == pairs


@pytest.mark.parametrize('pairs', [(), ((1, 1),), ((0, 1), (0, 1)), (0, 1), ((0, '1'),)], ids=str)
def test_what_names_no_two_views_is_refused(pairs):
    with pytest.raises(ValueError, match='pairs must name two different views each'):
        check_pairs(pairs)


def test_losses_are_added_by_name():
    one, two = torch.tensor(1.0), torch.tensor(2.0)
    assert summed([{'a': one, 'b': two}, {'a': two, 'b': two}]) == {'a': 3, 'b': 4}


def test_a_loss_that_few_pairs_have_is_added_up_over_these():
    one, two = torch.tensor(1.0), torch.tensor(2.0)
    assert summed([{'a': one}, {'b': two}, {'b': one, 'c': two}]) == {'a': 1, 'b': 3, 'c': 2}
