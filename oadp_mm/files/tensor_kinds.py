"""Which tensors of a file are weights, and which of them a module can take without a change.

`load_state_dict` copies what it is given: bytes of a quantised network become weights, complex
numbers lose a half, and large float64 become infinite, all without a word.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from oadp_mm.files.safe_pickle import CheckpointError

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
# What layers compute with: counters and index tables are called otherwise.
_COMPUTED = re.compile(r'(?:.*\.)?(?:weight|bias|gamma|beta|running_mean|running_var)')


def check_plain(path: Path | str, tensors: Mapping[str, Tensor]) -> None:
    """Raise unless all are numbers that a network can compute with.

    Raises:
        CheckpointError: some are quantised, sparse, without values, more than their storage holds,
            complex, or of an exotic kind; or a layer's weights are none of `FLOATS`.
    """
    if odd := [f'{key} ({kind})' for key, tensor in tensors.items() if (kind := _odd(key, tensor))]:
        raise CheckpointError(
            f'{path} holds {_listed(odd)}, but weights are read from plain tensors of float16, '
            'bfloat16, float32 or float64 alone: save what they stand for as these, by '
            '.dequantize(), .to_dense(), .contiguous() or .float() where they were made')


def check_finite(path: Path | str, tensors: Mapping[str, Tensor]) -> None:
    """Raise where plain ones hold NaN or infinite values, as a network of float32 sees them.

    Raises:
        CheckpointError: it would compute with some.
    """
    floats = [(key, tensor) for key, tensor in tensors.items() if tensor.is_floating_point()]
    if broken := [key for key, tensor in floats if not tensor.isfinite().all()]:
        raise CheckpointError(f'{path} holds NaN or infinite values in {len(broken)} tensors '
                              f'({_listed(broken)}): the training that wrote it diverged, use an '
                              'earlier checkpoint')
    if large := [key for key, tensor in floats if not tensor.float().isfinite().all()]:
        raise CheckpointError(f'{path} holds float64 values in {_listed(large)} that are infinite '
                              'in float32: the training that wrote it diverged, use an earlier '
                              'checkpoint')


def check_taken(path: Path | str, tensors: Mapping[str, Tensor],
                wanted: Mapping[str, Tensor]) -> None:
    """Raise unless a module's tensors can take those of a file, exactly or but for rounding.

    Args:
        path: of the file.
        tensors: of the file, which passed `check_plain`.
        wanted: of the module; keys that only one has do not count.

    Raises:
        CheckpointError: one would hold other values.
    """
    bad = [f'{key} (file {_name(tensor.dtype)}, model {_name(wanted[key].dtype)})'
           for key, tensor in tensors.items()
           if key in wanted and not _can_take(wanted[key].dtype, tensor)]
    if bad:
        raise CheckpointError(f'{path} holds values that the model would change: {_listed(bad)}: '
                              'give a file that holds them in the kind of the model, or in float32')


def check_state(path: Path | str, state: Mapping[str, object], model: nn.Module) -> None:
    """Raise unless a model can go on with what a file has under its names; see the other checks.

    Its parameters have to be finite; of its buffers some never are, such as masks.
    """
    built = model.state_dict()
    tensors = {key: value for key, value in state.items()
               if key in built and isinstance(value, Tensor)}
    check_plain(path, tensors)
    check_finite(path, {key: tensors[key] for key, _ in model.named_parameters()
                        if key in tensors})
    check_taken(path, tensors, built)


def _odd(key: str, tensor: Tensor) -> str:
    """What a tensor is instead of plain numbers; '' if it is none of that."""
    if tensor.is_quantized:
        return 'quantised'
    if tensor.is_nested or tensor.layout != torch.strided:
        return 'nested' if tensor.is_nested else 'sparse'
    if tensor.is_meta:
        return 'without values, on the device meta'
    if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
        return 'expanded, its values stand for several places'
    kinds = FLOATS if _COMPUTED.fullmatch(key) else (*FLOATS, *INTEGERS, torch.bool)
    return '' if tensor.dtype in kinds else _name(tensor.dtype)


def _can_take(kind: torch.dtype, tensor: Tensor) -> bool:
    if kind in FLOATS:
        return tensor.dtype in FLOATS and torch.equal(tensor.to(kind).isfinite(),
                                                      tensor.isfinite())
    if kind in INTEGERS and tensor.dtype in (*FLOATS, *INTEGERS):  # a counter kept as 7.0
        return bool((tensor.to(kind).to(torch.float64) == tensor.to(torch.float64)).all())
    return tensor.dtype == kind


def _name(kind: torch.dtype) -> str:
    return str(kind).removeprefix('torch.')


def _listed(words: Iterable[str], limit: int = 5) -> str:
    listed = list(words)
    rest = len(listed) - limit
    return ', '.join(listed[:limit]) + (f' and {rest} more' if rest > 0 else '')
