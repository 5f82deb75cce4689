"""Proof, before the first step, that the built model holds the weights of the file."""
from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import torch
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner
from torch import Tensor, nn

from oadp_mm.engine.bare_model import bare_model
from oadp_mm.engine.handoff import Handoff, handed_off
from oadp_mm.engine.same_use import differences, unknown, use_in_model, use_of_file
from oadp_mm.files.backbone_file import history
from oadp_mm.files.checkpoint import Checkpoint, CheckpointError, read_checkpoint
from oadp_mm.files.tensor_kinds import check_state
from oadp_mm.files.whole_module import listing, part_of
from oadp_mm.registry import HOOKS

#: A backbone, and the copies of it that a pretraining has: ours, mmpretrain's BYOL's, MoCo's, MoCo
#: v3's. Where a file has the backbone alone, load_from leaves the copy random.
_NETWORKS = ('backbone.', 'target.', 'target_net.', 'encoder_k.', 'momentum_encoder.')


@HOOKS.register_module()
class HandoffCheckHook(Hook):
    """Compare every tensor loaded by `CheckedPretrained` with its file, after all initialisation.

    mmengine calls a plugin's initialiser before the initialisers of the children, and models may
    overload `init_weights`: both can overwrite what was loaded without a word. A resumed run is not
    compared, since it goes on with its own weights. One with `load_from` is compared with that
    file, from which mmengine takes what has the model's names and leaves the rest random: a
    detector's checkpoint fits whole, an exported backbone not at all. What the model could not take
    without a change is refused before, see `check_state`.

    The log says how much of each module came from which file, what of it starts fresh, and which
    parts of a file in parts nobody took.

    Equal tensors serve no one behind another mean, order of channels or style than they were
    trained with: what the file tells of these is compared with the model, and differences are
    warnings.

    Modules that load parts of a backbone (`only=`) have to take all of it together: a C4 detector
    whose shared head was forgotten would start from a random layer4.

    Args:
        required: fail if nothing in the model was loaded by `CheckedPretrained`; a pretraining may
            start from random weights.
    """

    def __init__(self, required: bool = True) -> None:
        self.required = required

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        # Before mmengine copies whatever it is given.
        check_state(str(runner._load_from), checkpoint.get('state_dict', checkpoint),
                    bare_model(runner))

    def before_train(self, runner: Runner) -> None:
        if runner._has_loaded and (runner._resume or runner.iter > 0):
            print_log('hand-off not checked: a resumed run goes on with its own weights',
                      logger='current')
            return
        model = bare_model(runner)
        loaded = list(handed_off(model))
        if runner._has_loaded and runner._load_from:
            checkpoint = read_checkpoint(runner._load_from)
            if not loaded or not model.state_dict().keys().isdisjoint(checkpoint.tensors):
                self._check_load_from(model, checkpoint)
                return
        if not loaded and self.required:
            raise CheckpointError(
                'HandoffCheckHook found no module loaded by CheckedPretrained: set '
                "model.backbone.init_cfg=dict(type='oadp_mm.CheckedPretrained', checkpoint=FILE), "
                'or give the hook required=False to train from random initialisation')
        checked: dict[str, list[str]] = {}  # by file
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
            fresh = f' (fresh: {", ".join(handoff.fresh)})' * bool(handoff.fresh)
            checked.setdefault(handoff.checkpoint, []).append(
                f'{name} {len(tensors)}/{len(built)}{fresh}')
        for file, parts in checked.items():
            left = _not_taken(each for *_, each in loaded if each.checkpoint == file)
            print_log(f'hand-off checked: {", ".join(parts)} tensors equal {file}{left}',
                      logger='current')
        _refuse_leftovers(handoff for _, _, handoff in loaded)
        _compare_use(model, [(handoff.checkpoint, handoff.history, name, module)
                             for name, module, handoff in loaded if handoff.of_backbone])

    def _check_load_from(self, model: nn.Module, checkpoint: Checkpoint) -> None:
        """Raise unless the model's whole backbone came from the file, and all of the file's."""
        built, stored = model.state_dict(), checkpoint.tensors
        wanted = [key for key in built if key.startswith(_NETWORKS)] or list(built)
        equal = [key for key in wanted if key in stored and _equal(built[key], stored[key])]
        # A C4 detector's layer4 has another name in its head.
        left = [key for key in stored if key.startswith('backbone.') and key not in built]
        if len(equal) == len(wanted) and not left:
            print_log(f'hand-off checked: load_from brought {len(equal)}/{len(wanted)} tensors of '
                      f'the backbone from {checkpoint.path}', logger='current')
            _compare_use(model, [(checkpoint.path, history(checkpoint.meta), 'backbone',
                                  getattr(model, 'backbone', model))])
            return
        found = (f'load_from={checkpoint.path} brought {len(equal)} of {len(wanted)} tensors of '
                 f'the backbone{f" and leaves {len(left)} of its own to nobody" * bool(left)}')
        raise CheckpointError(
            f"{found}, for it takes only what has the model's names: leave load_from out and give "
            'the file to the backbone, by OADP_CKPT=FILE in a config of this package or by '
            "model.backbone.init_cfg=dict(type='oadp_mm.CheckedPretrained', checkpoint=FILE)")


def _compare_use(model: nn.Module,
                 parts: Iterable[tuple[object, Mapping[str, str], str, nn.Module]]) -> None:
    """Log where parts of the model are used otherwise than their files' trainings did.

    Args:
        model: holds the parts.
        parts: for each its file, what the file tells of its training, its name and its module.
    """
    lines: dict[str, int] = {}  # parts of one file differ alike in their preprocessor
    for file, past, name, module in parts:
        there, here = use_of_file(past), use_in_model(model, module)
        for difference in differences(there, here, name):
            lines[f'hand-off of {file}: {difference}'] = logging.WARNING
        if missing := unknown(there, here):
            lines[f'hand-off of {file}: {listing(missing)} not compared, since only one of file '
                  'and model tells'] = logging.INFO
    for line, level in lines.items():
        print_log(line, logger='current', level=level)


def _not_taken(handoffs: Iterable[Handoff]) -> str:
    """Which parts of one file went to nobody: a detector may take its backbone alone."""
    parts, taken = '', set()
    for handoff in handoffs:
        parts = handoff.history.get('parts', '')
        taken.add(handoff.prefix.rstrip('.'))
    left = [part for part in parts.split(',') if part not in taken]
    return f'; not taken of it: {", ".join(left)}' if parts and left else ''


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
