from __future__ import annotations

import pytest
from mmengine import registry as host

from oadp_mm import datasets, engine, models
from oadp_mm.datasets import transforms


@pytest.mark.parametrize(('parent', 'rooms'), [
    ('MODELS', [models]), ('DATASETS', [datasets]), ('DATA_SAMPLERS', [datasets]),
    ('TRANSFORMS', [transforms]), ('HOOKS', [engine]), ('WEIGHT_INITIALIZERS', [engine]),
    ('PARAM_SCHEDULERS', [engine]), ('OPTIMIZERS', [engine]), ('METRICS', [engine])])
def test_every_host_finds_our_types_by_their_prefix(parent, rooms):
    """In each registry what the package names of that kind, and by no name without the prefix."""
    registry = getattr(host, parent)
    ours = {name: kind for room in rooms for name in room.__all__
            if (kind := registry.get(f'oadp_mm.{name}')) is not None}
    assert ours
    for name, kind in ours.items():
        assert kind.__module__.startswith('oadp_mm.')
        assert registry.get(name) is not kind
