"""`oadp-mm export`: write the online backbone of a pretraining checkpoint for other packages."""
from __future__ import annotations

import argparse
from pathlib import Path

from oadp_mm.files.shown import shown

HELP = 'write the pretrained backbone of a checkpoint, with metadata and a checksum'
_FORMAT_OF_SUFFIX = {'.pth': 'openmmlab', '.safetensors': 'safetensors'}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path, metavar='CKPT', help='checkpoint of a pretraining')
    parser.add_argument('out', type=Path, metavar='OUT', help='file to write')
    parser.add_argument('--format', help='openmmlab (default for OUT.pth), torchvision or '
                        'safetensors (default for OUT.safetensors)')
    parser.add_argument('--prefix', help="where the backbone's keys start (default: 'backbone.', "
                        "the online network; '' for a bare state dict)")
    parser.add_argument('--drop', action='append', default=[], metavar='KEYS',
                        help="leave out the keys that start so after the prefix, such as a "
                        "classifier's 'fc.'; may be repeated")


def run(args: argparse.Namespace) -> int:
    from oadp_mm.files.backbone_file import (
        FORMATS,
        backbone_prefix,
        backbone_tensors,
        describe,
        write_backbone,
    )
    from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint

    file_format = args.format or _FORMAT_OF_SUFFIX.get(args.out.suffix)
    if file_format is None:
        raise CheckpointError(f'{args.out.name} does not tell the format by .pth or .safetensors: '
                              f'add --format, one of {", ".join(FORMATS)}')
    if args.out.exists() and args.checkpoint.exists() and args.out.samefile(args.checkpoint):
        raise CheckpointError(f'{args.out} is the checkpoint itself: give another file to write')
    checkpoint = read_checkpoint(args.checkpoint)
    prefix = backbone_prefix(checkpoint) if args.prefix is None else args.prefix
    tensors = backbone_tensors(checkpoint, prefix)
    for start in args.drop:
        kept = {key: tensor for key, tensor in tensors.items() if not key.startswith(start)}
        if len(kept) in (0, len(tensors)):
            raise CheckpointError(f'--drop {start!r} leaves out {len(tensors) - len(kept)} of '
                                  f'{len(tensors)} tensors: give the start of some of the keys, '
                                  f'such as {next(iter(tensors))}')
        tensors = kept
    meta = describe(checkpoint, tensors)
    write_backbone(tensors, meta, args.out, file_format)
    origin = ', '.join(f'{key} {meta[key]}' for key in ('method', 'epoch', 'iter') if key in meta)
    print(f'wrote {shown(args.out)} ({file_format}): {len(tensors)} tensors from '
          f'{shown(checkpoint.path)}{f" ({origin})" if origin else ""}, '
          f'sha256 {meta["tensors_sha256"][:8]}')
    return 0
