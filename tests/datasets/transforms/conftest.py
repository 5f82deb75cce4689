"""What transforms draw is seen where they call what changes the image."""
from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple]]:
    """`record(target, names)` replaces those attributes (or items) of `target`, image changes.

    They then return the image as it came and note their names and other positional arguments in
    the list that `record` returns.
    """
    def record(target: object, names: Iterable[str]) -> list[tuple]:
        calls: list[tuple] = []
        replace = monkeypatch.setitem if isinstance(target, dict) else monkeypatch.setattr
        for name in names:
            def note(image: np.ndarray, *args: object, name: str = name, **_: object) -> np.ndarray:
                calls.append((name, *args))
                return image
            replace(target, name, note)
        return calls

    return record
