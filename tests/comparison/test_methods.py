from __future__ import annotations

import pytest

from oadp_mm.comparison.methods import METHODS, check_same_terms, parse_methods


def test_every_method_has_a_config():
    assert list(parse_methods(','.join(METHODS))) == list(METHODS)


def test_a_config_of_ones_own_gets_the_name_that_it_is_given(tmp_path):
    mine = tmp_path / "it's mine.py"
    mine.touch()
    methods = parse_methods(f'oadp, mine = {mine}')
    assert methods['mine'] == mine
    assert list(methods) == ['oadp', 'mine']


CONFIG = {'train_cfg': {'max_epochs': 3}, 'optim_wrapper': {},
          'model': {'backbone': {'type': 'ResNet', 'depth': 18, 'base_channels': 4,
                                 'stem_channels': 4}}}


def test_equal_terms_pass():
    check_same_terms({'a': CONFIG, 'b': CONFIG}, 3, 4)


@pytest.mark.parametrize(('changes', 'message'), [
    ({'train_cfg': {'max_epochs': 9}}, 'b trains for 9 epochs where 3 were asked for'),
    ({'optim_wrapper': {'accumulative_counts': 2}}, 'b accumulates gradients'),
    ({'model': {**CONFIG['model'], 'queue_len': 6}}, 'queue of b holds 6 keys'),
    ({'model': {'backbone': {**CONFIG['model']['backbone'], 'base_channels': 8}}},
     'the backbone of b is another network than that of a'),
])
def test_other_terms_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        check_same_terms({'a': CONFIG, 'b': {**CONFIG, **changes}}, 3, 4)
