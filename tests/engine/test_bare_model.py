from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from torch import nn

from oadp_mm.engine.bare_model import bare_model


def test_a_wrapper_is_taken_off_and_a_part_called_module_is_not():
    model: Any = nn.Linear(1, 1)
    assert bare_model(SimpleNamespace(model=nn.DataParallel(model))) is model
    model.module = nn.Linear(2, 2)
    assert bare_model(SimpleNamespace(model=model)) is model
