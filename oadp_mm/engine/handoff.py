"""The initialiser that loads a pretrained backbone, or another part, completely or not at all."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mmengine.logging import print_log
from mmengine.model import update_init_info
from torch import Tensor, nn

from oadp_mm.files.backbone_file import backbone_tensors, fingerprint, history
from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
from oadp_mm.files.whole_module import load_whole
from oadp_mm.registry import WEIGHT_INITIALIZERS

_RECORD = '_oadp_handoff'


@dataclass(frozen=True)
class Handoff:
    """Which weights were loaded into a module: what `HandoffCheckHook` compares it with."""

    checkpoint: str
    prefix: str
    tensors_sha256: str
    #: From the keys below the prefix that were loaded to those in the module.
    names: Mapping[str, str]
    #: Keys below the prefix that were not loaded into it.
    left: frozenset[str] = frozenset()
    #: Parts of the module that were not loaded.
    fresh: tuple[str, ...] = ()
    #: What the file tells of its training.
    history: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_backbone(self) -> bool:
        """Whether a backbone lies below the prefix, which somebody has to take whole."""
        return self.prefix == '' or self.prefix.rstrip('.').endswith('backbone')

    def tensors(self) -> dict[str, Tensor]:
        """Read the same tensors again.

        Raises:
            CheckpointError: the file has changed since it was loaded.
        """
        stored = backbone_tensors(read_checkpoint(self.checkpoint), self.prefix)
        tensors = {name: stored[key] for key, name in self.names.items() if key in stored}
        if fingerprint(tensors) != self.tensors_sha256:
            raise CheckpointError(f'{self.checkpoint} changed after the model was initialised from '
                                  'it: start again with a file that stays as it is')
        return tensors


def handed_off(model: nn.Module) -> Iterator[tuple[str, nn.Module, Handoff]]:
    """Name, module and record of each submodule that `CheckedPretrained` loaded."""
    for name, module in model.named_modules():
        if _RECORD in vars(module):
            yield name, module, vars(module)[_RECORD]


@WEIGHT_INITIALIZERS.register_module()
class CheckedPretrained:
    """Load every tensor of a module from a file, or fail with the list of what does not fit.

    mmengine's `Pretrained` keeps random values for each key that it does not find and goes on with
    a warning; here a backbone is complete or the run does not start. Put it on a backbone as
    `init_cfg=dict(type='oadp_mm.CheckedPretrained', checkpoint=...)` and add `HandoffCheckHook`,
    because mmengine runs it before the children's own initialisation.

    A detector of the C4 kind holds the backbone in two places, `backbone` and, as layer4,
    `roi_head.shared_head`. Each then names its parts, and `HandoffCheckHook` refuses a model that
    leaves a part of the backbone to nobody. Other modules take theirs from a file in parts
    (`oadp-mm export --parts`): a neck by `prefix='neck.'`, a box head by `prefix='box_head.'`.

    Args:
        checkpoint: a file of `oadp-mm export`, or a training checkpoint. Only local files.
        prefix: where the keys start. None takes '' for a file of a backbone alone and 'backbone.'
            for one in parts or a training checkpoint, never a copy such as 'target.backbone.'.
        only: how the keys to load start, such as 'layer4' or ('conv1', 'bn1'). A mapping says under
            which names the module has them: {'fpn_convs.1': 'fpn_convs.0'} in a pyramid that begins
            a level later. None loads all.
        fresh: parts of the module that the file does not have, such as 'fc_cls', each with the
            `init_cfg` that it starts from, because the module's own gives way to this one; of all
            its layers if that names no `layer`.
    """

    def __init__(self, checkpoint: str, prefix: str | None = None,
                 only: str | Sequence[str] | Mapping[str, str] | None = None,
                 fresh: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        if not checkpoint:
            raise CheckpointError('CheckedPretrained needs checkpoint=FILE, and got an empty one: '
                                  'set it to a file that `oadp-mm export` wrote')
        self.checkpoint = str(checkpoint)
        self.prefix = prefix
        self.only = (only,) if isinstance(only, str) else only
        if not isinstance(fresh or {}, Mapping):
            raise TypeError(f'fresh={fresh!r} does not say how these parts start: give each its '
                            "init_cfg, such as fresh=dict(fc_cls=dict(type='Normal', std=0.01))")
        self.fresh = dict(fresh or {})
        if isinstance(only, Mapping) and len(set(only.values())) < len(only):
            raise ValueError(f'only={dict(only)} gives two parts of the file one place in the '
                             'module: give each its own')

    def __call__(self, module: nn.Module) -> None:
        checkpoint = read_checkpoint(self.checkpoint)
        loaded = load_whole(
            module, checkpoint, prefix=self.prefix, only=self.only, fresh=self.fresh,
            advice='build what it was trained with, export the right file with `oadp-mm export`, '
            'or name its parts with only= and what the file does not have with fresh=')
        for name, init_cfg in self.fresh.items():
            initialise = WEIGHT_INITIALIZERS.build(dict(init_cfg))
            initialise.wholemodule = 'layer' not in init_cfg
            initialise(module.get_submodule(name))
        if getattr(module, 'zero_init_residual', False):
            # mmpretrain's ResNet sets the last norm of each block to zero after any initialiser
            # that is not called 'Pretrained', that is, after this one.
            module.zero_init_residual = False  # type: ignore[assignment]
        digest, past = fingerprint(loaded.tensors), history(checkpoint.meta)
        setattr(module, _RECORD,
                Handoff(self.checkpoint, loaded.prefix, digest, loaded.names, loaded.left,
                        tuple(self.fresh), past))
        if hasattr(module, '_params_init_info'):
            update_init_info(module, f'CheckedPretrained: load from {self.checkpoint}')
        origin = ', '.join([f'sha256 {digest[:8]}', *_origin(past)])
        fresh = f', fresh: {", ".join(self.fresh)}' * bool(self.fresh)
        print_log(f'loaded {len(loaded.tensors)}/{len(module.state_dict())} tensors from '
                  f'{self.checkpoint} ({origin}){fresh}', logger='current')


def _origin(past: Mapping[str, str]) -> Iterator[str]:
    if 'method' in past:
        yield past['method'].rpartition('.')[2]
    # An iteration-based run counts no epochs.
    unit = 'iter' if past.get('epoch', '0') == '0' else 'epoch'
    if unit in past:
        yield f'{unit} {past[unit]}'
    if past.get('statistics') == 'clean images':
        yield 'batch norm of clean images'
