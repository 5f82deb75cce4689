from __future__ import annotations

import pytest

from oadp_mm.reports.probe_tables import family_tables, standing


def _figure(name, value, better='more', unit='%', table='', **more):
    return dict(name=name, value=value, better=better, unit=unit, detail=False, table=table, **more)


def _probed(name, *figures):
    return dict(name=name, figures={'region': list(figures)} if figures else {})


def test_the_best_is_marked_where_there_is_one():
    table = family_tables([
        _probed('a', _figure('mAP', 50), _figure('error', 2, 'less', ''), _figure('guess', 9, '')),
        _probed('b', _figure('mAP', 60.04, deviation=1), _figure('error', 3, 'less', ''),
                _figure('guess', 8, '')),
        _probed('c')], 'region')['']
    assert list(table.header) == ['', 'mAP %', 'error', 'guess %']
    assert [list(row) for row in table.rows] == [
        ['a', '50.0', '2.00*', '9.0'], ['b', '60.0 ± 1.0*', '3.00', '8.0'], ['c', '-', '-', '-']]


def test_nothing_is_best_of_one_or_of_equals():
    for probed in ([_probed('a', _figure('mAP', 50))],
                   [_probed('a', _figure('mAP', 50)), _probed('b', _figure('mAP', 50))]):
        rows = family_tables(probed, 'region')[''].rows
        assert all(row[1] == '50.0' for row in rows)


def test_details_stay_away_and_levels_have_tables_of_their_own():
    detail = {**_figure('rows', 3), 'detail': True}
    tables = family_tables([_probed('a', _figure('rank', 12.34, '', '', 'image'), detail),
                            _probed('b', _figure('rank', 2.5, '', '', 'cell'))], 'region')
    assert {name: [list(row) for row in table.rows] for name, table in tables.items()} == {
        'image': [['a', '12.3'], ['b', '-']], 'cell': [['a', '-'], ['b', '2.50']]}
    assert family_tables([_probed('a')], 'region') == {}


@pytest.mark.parametrize(('names', 'shown'), [
    (['runs/a', 'runs/b', 'random'], ['a', 'b', 'random']),
    (['a/epoch_1.pth', 'b/epoch_1.pth'], ['a/epoch_1.pth', 'b/epoch_1.pth'])])
def test_rows_are_called_as_briefly_as_tells_them_apart(names, shown):
    table = family_tables([_probed(name, _figure('mAP', 1)) for name in names], 'region')['']
    assert [row[0] for row in table.rows] == shown


def test_a_backbone_stands_by_how_many_figures_beat_the_floor():
    """Of what only one has, and of what has no best, nothing is told."""
    floor = _probed('random', _figure('mAP', 50), _figure('error', 2, 'less', ''),
                    _figure('guess', 9, ''), _figure('equal', 1))
    other = _probed('runs/a', _figure('mAP', 60), _figure('error', 3, 'less', ''),
                    _figure('guess', 8, ''), _figure('equal', 1), _figure('alone', 1))
    told = {'data': 'nuclei', 'probed': [dict(other, origin={}), dict(floor, origin={'seed': '0'})]}
    (sentence,) = standing(told)
    assert 'a is better than the untrained network in 1 of 3 figures and worse in 1' in sentence
    del told['probed'][1]
    assert 'add `random`' in standing(told)[0]


def test_a_backbone_is_compared_with_the_untrained_one_of_its_architecture():
    told = {'data': 'nuclei', 'probed': [
        dict(_probed(name, _figure('mAP', value)), origin=origin, architecture=architecture)
        for name, value, origin, architecture in (
            ('narrow', 30, {}, 'x'), ('wide', 60, {}, 'y'), ('other', 60, {}, 'z'),
            ('random', 40, {'seed': '0'}, 'x'), ('random:1', 70, {'seed': '1'}, 'y'))]}
    narrow, wide, other = standing(told)
    assert 'narrow is better than the untrained network in 0 of 1 figures and worse in 1' in narrow
    assert 'wide is better than the untrained network in 0 of 1 figures and worse in 1' in wide
    assert 'other was probed without its untrained network: probe it with `random`' in other
