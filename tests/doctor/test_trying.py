"""Trials in processes of their own: one that ends, one that may not begin, two that are ended."""
from __future__ import annotations

import pytest

from oadp_mm.doctor.trying import try_out
from tests.doctor.tiny_config import write_config
from tests.journey.tiny_folder import write_images

pytestmark = pytest.mark.integration


def test_a_trial_ends_by_itself(tmp_path):
    config = write_config(tmp_path / 'config.py', write_images(tmp_path / 'images'))
    tried = try_out(config, '', 200)
    assert tried.end == 'done'
    assert tried.told.keys() >= {'workers', 'length', 'course', 'layout', 'step'}
    assert set(tmp_path.iterdir()) == {config, tmp_path / 'images'}  # nothing is left of it


def test_a_training_that_may_not_begin_tells_its_own_sentence(tmp_path):
    tried = try_out(write_config(tmp_path / 'config.py', tmp_path / 'absent'), '', 200)
    assert tried.end == 'refused'
    assert 'absent does not exist: set OADP_DATA' in tried.told['error']['sentence']


def test_a_trial_is_ended_by_time_and_by_memory(tmp_path):
    config = write_config(tmp_path / 'config.py', tmp_path / 'absent')
    assert try_out(config, '', 0).end == 'time'
    assert try_out(config, '', 200, short=lambda: True).end == 'memory'
