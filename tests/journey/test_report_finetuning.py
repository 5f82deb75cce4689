from __future__ import annotations

from oadp_mm.journey.report_finetuning import mean_curve, start_names
from oadp_mm.journey.report_predictions import _legend, surest


def test_curves_are_averaged_at_the_steps_that_all_have():
    assert mean_curve([[(1, 2.), (2, 4.), (3, 9.)], [(2, 6.), (1, 4.)]]) == [(1, 3), (2, 5)]


def test_starts_are_called_by_their_last_part_where_it_tells_them_apart():
    assert start_names(['runs/a', 'random']) == {'runs/a': 'a', 'random': 'random'}
    assert start_names(['x/a', 'y/a']) == {'x/a': 'x/a', 'y/a': 'y/a'}


def test_colours_are_told_where_each_is_one_class():
    assert _legend({1: 'cat', 10: 'dog'}) == ' (blue: cat, cyan: dog)'
    assert _legend({1: 'cat', 11: 'dog'}) == _legend({}) == ''  # 11 is blue again


def test_as_many_of_the_surest_as_there_are_true_objects_the_surest_last():
    results = [{'image_id': number % 2, 'score': score}
               for number, score in enumerate([.9, .8, .1, .2, .5, .3])]
    assert [one['score'] for one in surest(results, 0, 2)] == [.5, .9]
    assert surest(results, 1, 9) == [results[3], results[5], results[1]]
    assert surest(results, 0, 0) == []
