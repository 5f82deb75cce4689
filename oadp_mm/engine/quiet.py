"""A log that people can read: without messages of the hosts that read like faults and on which
nobody can act, and with every name of a file in it."""
from __future__ import annotations

import contextlib
import importlib
import io
import logging
import re
import warnings

from oadp_mm.files.shown import shown

_RECORDS = (
    'Gradient accumulative may slightly decrease',  # a choice of the config
    'Resumed iteration number is not divisible',  # the gradients so far are in the checkpoint
    'paramwise_options --',  # a line for every norm
    'Distributed training is not used, all SyncBatchNorm',
    # mmengine's own checkpoint hook calls both
    '"FileClient" will be deprecated', '"HardDiskBackend" is the alias',
)
#: A line for every tensor of a target, and of what a config freezes.
_NOT_LEARNED = ' is skipped since its requires_grad=False'
_WARNINGS = (
    r"'pin_memory' argument is set as true but no accelerator",
    r'Grad strides do not match bucket view strides',  # with channels last, in the first step
    r'Detected call of `(lr_)?scheduler\.step\(\)` before `optimizer\.step\(\)`',  # accumulation
)
#: `CollapseHook`'s dozen figures: they are in the JSON log, and one in the progress line.
_FIGURES = re.compile(r'  health/\w+: \S+')


def quieten(logger: logging.Logger) -> None:
    """Let these messages out of a run's log and of Python's warnings, and odd bytes into it."""
    logger.addFilter(_worth_reading)
    for message in _WARNINGS:
        warnings.filterwarnings('ignore', message=message)


def _worth_reading(record: logging.LogRecord) -> bool:
    if isinstance(record.msg, str):
        # A handler would drop a name that is no UTF-8.
        record.msg = _FIGURES.sub('', shown(record.msg))
    text = str(record.msg)
    return not (text.startswith(_RECORDS) or text.endswith(_NOT_LEARNED))


def import_quietly(host: str) -> None:
    """Import a host's data sets, which print what they could not import; a missing host is fine."""
    with contextlib.suppress(ImportError), contextlib.redirect_stdout(io.StringIO()):
        importlib.import_module(f'{host}.datasets')
