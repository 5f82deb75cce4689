"""Loading configs as a host would, with the data and variables of a test."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope

from tests.configs.leaves import CONFIGS
from tests.configs.tiny_data import write_all


@pytest.fixture(autouse=True)
def default_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configs are read with the defaults of their variables."""
    for name in ('OADP_DATA', 'OADP_CKPT', 'OADP_IMAGES', 'OADP_EPOCHS', 'OADP_QUICK'):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope='session')
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('data')
    write_all(root)
    return root


@pytest.fixture
def load() -> Iterator[Callable[[str], Config]]:
    """A config by its path below configs/, in the scope of its host until the test ends."""
    contexts = []

    def load(name: str) -> Config:
        config = Config.fromfile(CONFIGS / name)
        context = DefaultScope.overwrite_default_scope(config.default_scope)
        context.__enter__()
        contexts.append(context)
        return config

    yield load
    for context in reversed(contexts):
        context.__exit__(None, None, None)
