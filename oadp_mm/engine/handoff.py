"""The initialiser that loads a pretrained backbone completely or not at all."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
    #: Keys below the prefix that were not loaded into it.
    left: frozenset[str] = frozenset()
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
        tensors = backbone_tensors(read_checkpoint(self.checkpoint), self.prefix)
        tensors = {key: tensor for key, tensor in tensors.items() if key not in self.left}
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
    leaves a part of the backbone to nobody.

    Args:
        checkpoint: a file of `oadp-mm export`, or a training checkpoint. Only local files.
        prefix: where the keys start. None takes '' for an exported file and 'backbone.'
            for a training checkpoint, never a copy such as 'target.backbone.'.
        only: the first names of the keys to load, such as 'layer4' or ('conv1', 'bn1'); None loads
            all.
    """

    def __init__(self, checkpoint: str, prefix: str | None = None,
                 only: str | Sequence[str] | None = None) -> None:
        if not checkpoint:
            raise CheckpointError('CheckedPretrained needs checkpoint=FILE, and got an empty one: '
                                  'set it to a file that `oadp-mm export` wrote')
        self.checkpoint = str(checkpoint)
        self.prefix = prefix
        self.only = (only,) if isinstance(only, str) else None if only is None else tuple(only)

    def __call__(self, module: nn.Module) -> None:
        checkpoint = read_checkpoint(self.checkpoint)
        loaded = load_whole(
            module, checkpoint, prefix=self.prefix, only=self.only,
            advice='build the backbone that it was trained with, export the right one with '
            '`oadp-mm export`, or name its parts with only=, if the detector holds the backbone in '
            'several places')
        if getattr(module, 'zero_init_residual', False):
            # mmpretrain's ResNet sets the last norm of each block to zero after any initialiser
            # that is not called 'Pretrained', that is, after this one.
            module.zero_init_residual = False  # type: ignore[assignment]
        digest, past = fingerprint(loaded.tensors), history(checkpoint.meta)
        setattr(module, _RECORD,
                Handoff(self.checkpoint, loaded.prefix, digest, loaded.left, past))
        if hasattr(module, '_params_init_info'):
            update_init_info(module, f'CheckedPretrained: load from {self.checkpoint}')
        origin = ', '.join([f'sha256 {digest[:8]}', *_origin(past)])
        count = len(loaded.tensors)
        print_log(f'loaded {count}/{count} tensors from {self.checkpoint} ({origin})',
                  logger='current')


def _origin(past: Mapping[str, str]) -> Iterator[str]:
    if 'method' in past:
        yield past['method'].rpartition('.')[2]
    # An iteration-based run counts no epochs.
    unit = 'iter' if past.get('epoch', '0') == '0' else 'epoch'
    if unit in past:
        yield f'{unit} {past[unit]}'
    if past.get('statistics') == 'clean images':
        yield 'batch norm of clean images'
