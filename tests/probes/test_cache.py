from __future__ import annotations

import pytest

from oadp_mm.probes.cache import cached_folder, cached_json


def test_a_folder_is_made_once_a_key(tmp_path):
    made = []

    def make(folder):
        made.append(folder)
        (folder / 'a').write_text('1')

    first = cached_folder(tmp_path, {'a': 1, 'b': 2}, make)
    assert cached_folder(tmp_path, {'b': 2, 'a': 1}, make) == first
    assert len(made) == 1 and (first / 'a').read_text() == '1'
    assert cached_folder(tmp_path, {'a': 1, 'b': 3}, make) != first
    assert len(made) == 2


def test_what_fails_leaves_nothing_and_is_made_again(tmp_path):
    def fail(folder):
        (folder / 'half').touch()
        raise ValueError('no')

    with pytest.raises(ValueError, match='no'):
        cached_folder(tmp_path, {}, fail)
    assert not list(tmp_path.iterdir())
    assert not (cached_folder(tmp_path, {}, lambda folder: None) / 'half').exists()


@pytest.mark.parametrize('damage', [None, '', '{'])
def test_json_is_computed_where_it_is_missing_or_damaged(tmp_path, damage):
    path = tmp_path / 'a.json'
    if damage is not None:
        path.write_text(damage)
    assert cached_json(path, lambda: [1, 2]) == [1, 2]
    assert cached_json(path, lambda: pytest.fail('twice')) == [1, 2]
