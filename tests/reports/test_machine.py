from __future__ import annotations

import os
import platform
from importlib.metadata import version

from oadp_mm.reports import machine


def test_versions_are_those_of_what_is_installed(monkeypatch):
    monkeypatch.setattr(machine, 'DISTRIBUTIONS', ('torch', 'there-is-no-such-package', 'numpy'))
    rows = dict(machine.machine_table().rows)
    assert rows['torch'] == version('torch')
    assert rows['numpy'] == version('numpy')
    assert rows['python'] == platform.python_version()
    assert str(os.cpu_count()) in rows['processor']
    assert 'there-is-no-such-package' not in rows
