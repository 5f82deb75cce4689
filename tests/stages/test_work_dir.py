from __future__ import annotations

import os
import signal

import pytest

from oadp_mm.stages.work_dir import alone_in, terminate_as_interrupt


def test_the_folder_is_made_and_free_again_afterwards(tmp_path):
    folder = tmp_path / 'a' / 'b'
    for _ in range(2):
        with alone_in(folder, 'demo'):
            assert folder.is_dir()


def test_a_second_command_waits_outside(tmp_path):
    with alone_in(tmp_path, 'demo'), pytest.raises(OSError, match='another demo is running in'), \
            alone_in(tmp_path, 'demo'):
        pass


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(OSError, match=r'cannot write to .*file/below .*give another folder'), \
            alone_in(tmp_path / 'file/below', 'demo'):
        pass


def test_being_told_to_end_is_an_interrupt_as_long_as_the_run_lasts():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), terminate_as_interrupt():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_folder_whose_name_mmengine_cannot_write_is_refused(tmp_path):
    folder = tmp_path / os.fsdecode(b'caf\xe9')
    with pytest.raises(ValueError, match=r'caf\\xe9 is no UTF-8, .* --work-dir'), \
            alone_in(folder, 'demo'):
        pass
    assert not folder.exists()
