"""Loading configs as a host would, with the data and variables of a test."""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from torch import nn

from tests.configs import leaves
from tests.configs.tiny_data import write_all


@pytest.fixture(autouse=True)
def default_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the caller reaches a test."""
    for name in ('OADP_DATA', 'OADP_CKPT', 'OADP_IMAGES', 'OADP_EPOCHS', 'OADP_QUICK', 'OADP_ROW',
                 'OADP_PROPOSALS', 'OADP_CORRESPONDENCES'):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def lvis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package that reads LVIS, which is none of the tests' requirements, by COCO's reader."""
    from mmdet.datasets.api_wrappers import COCO

    monkeypatch.setitem(sys.modules, 'lvis', SimpleNamespace(LVIS=COCO))


@pytest.fixture(scope='session')
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('data')
    write_all(root)
    return root


@pytest.fixture
def load() -> Iterator[Callable[..., Config]]:
    """A config by its path below configs/ (and ::row), in its host's scope until the test ends.

    Keywords are variables of the environment; without them each config is read once.
    """
    contexts = []

    def load(case: str, **variables: str) -> Config:
        config = leaves.read(case, **variables) if variables else leaves.load(case)
        context = DefaultScope.overwrite_default_scope(config.default_scope)
        context.__enter__()
        contexts.append(context)
        return config

    yield load
    for context in reversed(contexts):
        context.__exit__(None, None, None)


@pytest.fixture
def outline(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict], nn.Module]:
    """Build a model on the meta device: shapes and settings in full width, no numbers, no time."""
    linspace = torch.linspace  # from whose numbers the hosts take the rates of drop path

    def build(model: dict) -> nn.Module:
        with monkeypatch.context() as patch, torch.device('meta'):
            patch.setattr(torch, 'linspace',
                          lambda *args, **kw: linspace(*args, **{**kw, 'device': 'cpu'}))
            return MODELS.build(model)

    return build
