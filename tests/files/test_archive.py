"""What a file is said to be, and which may be written over."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from oadp_mm.files import correspondence_file, neighbour_file, proposal_file
from oadp_mm.files.archive import Form, check_replaceable, read_archive
from oadp_mm.files.neighbour_file import Neighbours, write_neighbours

FORMS = {form.kind: form for form in (
    proposal_file.FORM, neighbour_file.FORM, correspondence_file.FORM)}


def neighbours(path: Path) -> Path:
    write_neighbours(path, Neighbours(
        names=np.array(['a', 'b']), lengths=np.array([1, 2]), meta={},
        neighbours=np.array([[1], [0]], np.int32), cosines=np.ones((2, 1), np.float32)))
    return path


FOREIGN = {
    'a checkpoint': lambda path: torch.save({'state_dict': {}}, path),
    'a picture': lambda path: path.write_bytes(b'\xff\xd8\xff\xe0 no npz'),
    'nothing': lambda path: path.touch(),
    'an array': lambda path: np.save(path.open('wb'), np.arange(3)),
    'other arrays': lambda path: np.savez(path.open('wb'), a=np.arange(3)),
}


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
@pytest.mark.parametrize('what', FOREIGN)
def test_what_is_somebody_elses_is_never_to_be_overwritten(form: Form, what, tmp_path):
    path = tmp_path / 'file.pth'
    FOREIGN[what](path)
    with pytest.raises(ValueError, match=rf'file\.pth is no file of {form.kind}: give one that '
                                         rf'oadp-mm {form.kind} FOLDER .* FILE writes') as caught:
        read_archive(path, form)
    assert 'overwrite' not in str(caught.value)
    with pytest.raises(ValueError, match=rf'--overwrite replaces a file of {form.kind}, which .*'
                                         r'file\.pth is not: give another --out$'):
        check_replaceable(path, form)


def test_another_kind_is_named(tmp_path):
    path = neighbours(tmp_path / 'n.npz')
    for kind in ('proposals', 'correspondences'):
        with pytest.raises(ValueError, match=rf'n\.npz is a file of neighbours, not of {kind}: '
                                             rf'give one that oadp-mm {kind} FOLDER .* writes$'):
            read_archive(path, FORMS[kind])
        with pytest.raises(ValueError, match=f'--overwrite replaces a file of {kind}'):
            check_replaceable(path, FORMS[kind])


def test_a_kinds_own_file_may_be_replaced_and_so_may_a_damaged_one(tmp_path):
    form, path = FORMS['neighbours'], neighbours(tmp_path / 'n.npz')
    check_replaceable(path, form)
    check_replaceable(tmp_path / 'none.npz', form)
    path.write_bytes(path.read_bytes()[:99])
    check_replaceable(path, form)
    with pytest.raises(ValueError, match=r'or it is damaged: make it anew by .* --overwrite$'):
        read_archive(path, form)
