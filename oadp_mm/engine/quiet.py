"""Messages of the hosts that read like faults and that nobody can act on."""
from __future__ import annotations

import contextlib
import importlib
import io
import logging
import warnings

_RECORDS = (
    'Gradient accumulative may slightly decrease',  # a choice of the config
    'Resumed iteration number is not divisible',  # the gradients so far are in the checkpoint
    'Distributed training is not used, all SyncBatchNorm',
    # mmengine's own checkpoint hook calls both
    '"FileClient" will be deprecated', '"HardDiskBackend" is the alias',
)
_WARNINGS = (
    r"'pin_memory' argument is set as true but no accelerator",
    r'Detected call of `(lr_)?scheduler\.step\(\)` before `optimizer\.step\(\)`',  # accumulation
)


def quieten(logger: logging.Logger) -> None:
    """Let these messages out of a run's log and of Python's warnings."""
    logger.addFilter(_worth_reading)
    for message in _WARNINGS:
        warnings.filterwarnings('ignore', message=message)


def _worth_reading(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_RECORDS)


def import_quietly(host: str) -> None:
    """Import a host's data sets, which print what they could not import; a missing host is fine."""
    with contextlib.suppress(ImportError), contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module(f'{host}.datasets')
