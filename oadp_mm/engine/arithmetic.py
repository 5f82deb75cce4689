"""In which numbers and which order of memory a training computes its steps."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.runner import Runner
from torch import nn

#: What a CPU's instructions are called that multiply bfloat16: of x86, and of ARM.
_INSTRUCTIONS = {'avx512_bf16', 'amx_bf16', 'bf16'}
_CPU = Path('/proc/cpuinfo')
#: The hook that chooses.
SWITCH = 'oadp_mm.FastStepHook'
#: Without it, and in checkpoints of before it.
PLAIN = 'float32'


def has_bfloat16(device: str) -> bool:
    """Whether this machine's `'cuda'` or `'cpu'` multiplies bfloat16 itself.

    A CPU without such instructions does it by others, which is no faster than float32.
    """
    if device == 'cuda':
        return torch.cuda.is_bf16_supported()
    return (torch.backends.mkldnn.is_available() and _CPU.is_file()
            and not _INSTRUCTIONS.isdisjoint(_CPU.read_text().split()))


def arithmetic(runner: Runner) -> str:
    """What a run's steps are computed in, to be told and compared."""
    kind = getattr(runner.optim_wrapper, 'cast_dtype', PLAIN)  # None: of the device, on a GPU
    parts = [PLAIN if kind == PLAIN else 'mixed precision']
    parts += [hook.arithmetic for hook in runner.hooks if hasattr(hook, 'arithmetic')]
    return ', '.join(filter(None, parts))


def put_mixed_precision(config: Config) -> None:
    """Let a config train in mixed precision: on a CPU, where the host has none, in bfloat16."""
    if get_device() != 'cpu':
        config.optim_wrapper.type = 'AmpOptimWrapper'
        config.optim_wrapper.setdefault('loss_scale', 'dynamic')
        return
    hooks = [*config.get('custom_hooks', [])]
    if not any(hook['type'] == SWITCH for hook in hooks):
        hooks.append(dict(type=SWITCH, channels_last=False))
    config.custom_hooks = [
        dict(hook, bfloat16=True) if hook['type'] == SWITCH else hook for hook in hooks]


def asks_for_channels_last(config: Config) -> bool:
    """Whether the switch of a config puts channels last."""
    return any(hook['type'] == SWITCH and hook.get('channels_last', True)
               for hook in config.get('custom_hooks') or [] if isinstance(hook, dict))


def has_channels_last(model: nn.Module) -> bool:
    """Whether all weights of maps lie so."""
    return all(weight.is_contiguous(memory_format=torch.channels_last)
               for weight in model.parameters() if weight.ndim == 4)


def to_order(model: nn.Module, optimizer_state: Any,
             order: torch.memory_format = torch.channels_last) -> None:
    """Put weights, gradients and what an optimizer keeps beside them in an order of memory."""
    model.to(memory_format=order)  # type: ignore[call-overload]  # which torch does not declare
    for slots in optimizer_state.values():
        for name, value in slots.items():
            if isinstance(value, torch.Tensor) and value.ndim == 4:
                slots[name] = value.contiguous(memory_format=order)


def contiguous(node: Any) -> Any:
    """Nested dicts and lists with every tensor in the usual order of memory."""
    if isinstance(node, dict):
        return {key: contiguous(value) for key, value in node.items()}
    if isinstance(node, list):
        return [contiguous(value) for value in node]
    return node.contiguous() if isinstance(node, torch.Tensor) else node
