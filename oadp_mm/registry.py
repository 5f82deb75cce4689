"""Child registries of mmengine's, so that `oadp_mm.X` resolves in every OpenMMLab host.

`Registry.get('oadp_mm.X')` imports this module by its scope and then the `locations`: configs need
no `custom_imports`.
"""
from __future__ import annotations

from mmengine import registry as host
from mmengine.registry import Registry


def _child(name: str, parent: Registry, location: str) -> Registry:
    return Registry(name, parent=parent, scope='oadp_mm', locations=[location])


MODELS = _child('model', host.MODELS, 'oadp_mm.models')
DATASETS = _child('dataset', host.DATASETS, 'oadp_mm.datasets')
DATA_SAMPLERS = _child('data sampler', host.DATA_SAMPLERS, 'oadp_mm.datasets')
TRANSFORMS = _child('transform', host.TRANSFORMS, 'oadp_mm.datasets')
OPTIMIZERS = _child('optimizer', host.OPTIMIZERS, 'oadp_mm.engine')
PARAM_SCHEDULERS = _child(
    'parameter scheduler', host.PARAM_SCHEDULERS, 'oadp_mm.engine')
HOOKS = _child('hook', host.HOOKS, 'oadp_mm.engine')
METRICS = _child('metric', host.METRICS, 'oadp_mm.engine')
FUNCTIONS = _child('function', host.FUNCTIONS, 'oadp_mm.datasets')
WEIGHT_INITIALIZERS = _child('weight initializer', host.WEIGHT_INITIALIZERS, 'oadp_mm.engine')
RUNNERS = _child('runner', host.RUNNERS, 'oadp_mm.engine')
