"""`oadp-mm export`: write what a pretraining has made, for other packages."""
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from torch import Tensor

    from oadp_mm.datasets.decoding import SixteenBit

from oadp_mm.files.shown import shown

HELP = 'write the pretrained backbone of a checkpoint, or more of it, with metadata and a checksum'
_FORMAT_OF_SUFFIX = {'.pth': 'openmmlab', '.safetensors': 'safetensors'}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path, metavar='CKPT', help='checkpoint of a pretraining,'
                        ' or its work_dir, whose newest readable checkpoint is taken')
    parser.add_argument('out', type=Path, metavar='OUT', help='file to write')
    parser.add_argument('--format', help='openmmlab (default for OUT.pth), torchvision or '
                        'safetensors (default for OUT.safetensors)')
    parser.add_argument('--parts', default='backbone', metavar='NAMES',
                        help='what to write, such as backbone,neck,box_head of SoCo (%(default)s)')
    parser.add_argument('--prefix', help="where the backbone's keys start (default: 'backbone.', "
                        "the online network; '' for a bare state dict)")
    parser.add_argument('--drop', action='append', default=[], metavar='KEYS',
                        help="leave out the keys that start so after the prefix, such as a "
                        "classifier's 'fc.'; may be repeated")
    parser.add_argument('--statistics', type=Path, metavar='FOLDER',
                        help='replace the batch-norm statistics, which are those of augmented '
                        'views, by those of the clean images in this folder')
    parser.add_argument('--images', type=int, default=1024, metavar='N',
                        help='of them at most, from all over the folder (%(default)s)')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.files.backbone_file import (
        FORMATS,
        backbone_prefix,
        backbone_tensors,
        describe,
        part_tensors,
        write_backbone,
    )
    from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
    from oadp_mm.files.run_folder import newest_checkpoint

    file_format = args.format or _FORMAT_OF_SUFFIX.get(args.out.suffix)
    if file_format is None:
        raise CheckpointError(f'{args.out.name} does not tell the format by .pth or .safetensors: '
                              f'add --format, one of {", ".join(FORMATS)}')
    source = args.checkpoint
    if source.is_dir():
        source, passed_over = newest_checkpoint(source)
        for reason in passed_over:
            print(f'passed over: {reason}', file=sys.stderr)
    if args.out.exists() and source.exists() and args.out.samefile(source):
        raise CheckpointError(f'{args.out} is the checkpoint itself: give another file to write')
    checkpoint = read_checkpoint(source)
    parts = () if args.parts == 'backbone' else tuple(dict.fromkeys(args.parts.split(',')))
    if parts and (args.prefix is not None or args.statistics is not None):
        given = '--prefix' if args.prefix is not None else '--statistics'
        raise ValueError(f'{given} is for a backbone alone, but --parts {args.parts} asks for more '
                         f'than that: leave out --parts or {given}')
    prefix = backbone_prefix(checkpoint) if args.prefix is None else args.prefix
    tensors = part_tensors(checkpoint, parts) if parts else backbone_tensors(checkpoint, prefix)
    for start in args.drop:
        kept = {key: tensor for key, tensor in tensors.items() if not key.startswith(start)}
        if len(kept) in (0, len(tensors)):
            raise CheckpointError(f'--drop {start!r} leaves out {len(tensors) - len(kept)} of '
                                  f'{len(tensors)} tensors: give the start of some of the keys, '
                                  f'such as {next(iter(tensors))}')
        tensors = kept
    record: dict[str, str] = {}
    if args.statistics is not None:
        tensors, record = _with_clean_statistics(args, describe(checkpoint, tensors), tensors)
    meta = describe(checkpoint, tensors, parts) | record
    write_backbone(tensors, meta, args.out, file_format)
    origin = ', '.join(f'{key} {meta[key]}' for key in ('method', 'epoch', 'iter') if key in meta)
    print(f'wrote {shown(args.out)} ({file_format}): {len(tensors)} tensors from '
          f'{shown(checkpoint.path)}{f" ({origin})" if origin else ""}, '
          f'sha256 {meta["tensors_sha256"][:8]}')
    return 0


def _with_clean_statistics(args: argparse.Namespace, meta: Mapping[str, str],
                           tensors: Mapping[str, Tensor]) -> tuple[dict[str, Tensor],
                                                                   dict[str, str]]:
    """The tensors behind norms that were measured anew, and what the file shall say of it."""
    from oadp_mm.datasets.image_files import images_below
    from oadp_mm.files.backbone_file import told
    from oadp_mm.files.checkpoint import CheckpointError
    from oadp_mm.probes.backbones import recorded_normaliser
    from oadp_mm.probes.clean_statistics import use_clean_statistics
    from oadp_mm.probes.data import evenly
    from oadp_mm.probes.recorded import built_from, recorded_backbone

    folder = args.statistics.resolve()
    found = [Path(path) for path in images_below(folder)]
    if args.images < 1 or not found:
        raise ValueError(f'--images {args.images} leaves nothing to measure: give at least 1'
                         if found else f'{args.statistics} holds no images: give a folder of them '
                         'to --statistics')
    preprocessor = told(meta, 'preprocessor')
    if not preprocessor:
        raise CheckpointError(f'{args.checkpoint} does not tell how its training normalised '
                              'images: give the epoch_N.pth as the training wrote it')
    backbone = recorded_backbone(args.checkpoint, meta, tensors)
    paths = [found[i] for i in evenly(len(found), args.images)]
    size = int(meta.get('view_size', 224))
    normalise = built_from(args.checkpoint, lambda: recorded_normaliser(preprocessor))
    left_out = use_clean_statistics(
        backbone, normalise, paths, size, cast('SixteenBit', meta.get('sixteen_bit', 'range')),
        lambda measured: print(f'statistics: {measured} of {len(paths)} images', flush=True))
    for reason in left_out:
        print(f'left out: {reason}', file=sys.stderr)
    state = backbone.state_dict()
    measured = {'folder': folder.name, 'images': len(paths) - len(left_out), 'size': size}
    return ({key: state[key].to(tensor.dtype) for key, tensor in tensors.items()},
            {'statistics': 'clean images', 'statistics_of': json.dumps(measured),
             'training_tensors_sha256': meta['tensors_sha256']})
