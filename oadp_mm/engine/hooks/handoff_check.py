"""Proof, before the first step, that the built model holds the weights of the file."""
from __future__ import annotations

from collections.abc import Iterable

import torch
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import Tensor

from oadp_mm.engine.handoff import Handoff, handed_off
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.files.whole_module import listing, part_of
from oadp_mm.registry import HOOKS


@HOOKS.register_module()
class HandoffCheckHook(Hook):
    """Compare every tensor loaded by `CheckedPretrained` with its file, after all initialisation.

    mmengine calls a plugin's initialiser before the initialisers of the children, and models may
    overload `init_weights`: both can overwrite what was loaded without a word. A run that was
    resumed or started with `load_from` is not compared, since its weights come from there.

    Modules that load parts of a backbone (`only=`) have to take all of it together: a C4 detector
    whose shared head was forgotten would start from a random layer4.

    Args:
        required: fail if nothing in the model was loaded by `CheckedPretrained`.
    """

    def __init__(self, required: bool = True) -> None:
        self.required = required

    def before_train(self, runner: Runner) -> None:
        if runner._has_loaded:
            print_log('hand-off not checked: the weights come from a resumed run or from load_from',
                      logger='current')
            return
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        loaded = list(handed_off(model))
        if not loaded and self.required:
            raise CheckpointError(
                'HandoffCheckHook found no module loaded by CheckedPretrained: set '
                "model.backbone.init_cfg=dict(type='oadp_mm.CheckedPretrained', checkpoint=FILE), "
                'or give the hook required=False to train from random initialisation')
        for name, module, handoff in loaded:
            tensors = handoff.tensors()
            built = module.state_dict()
            overwritten = [key for key, tensor in tensors.items()
                           if key not in built or not _equal(built[key], tensor)]
            name = name or type(module).__name__
            if overwritten:
                raise CheckpointError(
                    f'{len(overwritten)} of {len(tensors)} tensors of {name} were overwritten '
                    f'after they were loaded from {handoff.checkpoint}: {listing(overwritten)}; '
                    'remove the init_cfg or init_weights of its children that did it')
            print_log(f'hand-off checked: {len(tensors)}/{len(built)} tensors of {name} equal '
                      f'{handoff.checkpoint}', logger='current')
        _refuse_leftovers(handoff for _, _, handoff in loaded)


def _refuse_leftovers(handoffs: Iterable[Handoff]) -> None:
    """Raise if a backbone from which parts were loaded has a tensor that no module took."""
    left: dict[tuple[str, str], frozenset[str]] = {}
    for handoff in handoffs:
        if not handoff.of_backbone:
            continue
        source = handoff.checkpoint, handoff.prefix
        left[source] = left.get(source, handoff.left) & handoff.left
    for (checkpoint, prefix), keys in left.items():
        if keys:
            parts = listing(sorted(set(map(part_of, keys))))
            raise CheckpointError(
                f'{len(keys)} tensors below {prefix!r} of {checkpoint} were loaded by no module: '
                f'{parts}; give the module that is made of them (layer4 in a C4 detector: '
                'model.roi_head.shared_head) the same checkpoint with only= these parts')


def _equal(built: Tensor, stored: Tensor) -> bool:
    return torch.equal(built.cpu(), stored.to(built.dtype))
