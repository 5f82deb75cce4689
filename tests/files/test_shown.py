from __future__ import annotations

import os
from pathlib import Path

import pytest

from oadp_mm.files.shown import shown


@pytest.mark.parametrize('name', ["it's", 'a\\b', 'two  words', 'café', '写真', '{x} %s'])
def test_what_is_text_stays(name):
    assert shown(Path(name)) == name


def test_bytes_that_are_no_utf8_are_named():
    path = os.fsdecode(b'caf\xe9.jpg')
    with pytest.raises(UnicodeEncodeError):
        path.encode()  # what a log does
    assert shown(path) == r'caf\xe9.jpg'
    assert shown(f'{path} is broken') == r'caf\xe9.jpg is broken'
