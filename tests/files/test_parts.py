from __future__ import annotations

from contextlib import suppress

import pytest

from oadp_mm.files.parts import parts_of


def test_parts_stay_until_all_is_done_and_are_those_of_one_task(tmp_path):
    out = tmp_path / 'f.npz'
    for task, seen in (('a', []), ('b', []), ('a', ['part'])):
        with suppress(KeyboardInterrupt), parts_of(out, {'task': task}, 'test') as folder:
            assert [path.name for path in folder.iterdir()] == seen
            (folder / 'part').touch()
            (folder / '.part.7.partial').touch()  # of a killed writer
            raise KeyboardInterrupt
    with parts_of(out, {'task': 'a'}, 'test') as folder:
        assert [path.name for path in folder.iterdir()] == ['part']
    assert not folder.exists() and folder.parent.is_dir()  # the other task's are there
    with parts_of(out, {'task': 'b'}, 'test'):
        pass
    assert not list(tmp_path.iterdir())


def test_a_second_process_is_refused(tmp_path):
    with (parts_of(tmp_path / 'f', {}, 'test'),
          pytest.raises(OSError, match=r'another test is running in \S+f\.parts .* --out$'),
          parts_of(tmp_path / 'f', {}, 'test')):
        pass
