"""`oadp-mm config`: where the configs that ship lie, what they say, and a copy to edit."""
from __future__ import annotations

import argparse
from fnmatch import fnmatch
from pathlib import Path

HELP = 'print where a config lies or what it says, list the configs, or copy one to edit'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument('config', nargs='?', metavar='NAME', help='print the path of this config')
    what.add_argument('--list', nargs='?', const='', metavar='PATTERN',
                      help='list all configs whose name holds PATTERN, such as coco or oadp/*coco*')
    what.add_argument('--copy', nargs=2, metavar=('NAME', 'DIR'),
                      help='copy a config and the pieces it stands on to a folder')
    parser.add_argument('--show', action='store_true',
                        help='with NAME: print the whole config, its pieces put together')


def run(args: argparse.Namespace) -> int:
    from oadp_mm.files.config_copy import copy_config, headline
    from oadp_mm.files.configs import find_config, shipped_configs

    if args.show and not args.config:
        raise ValueError('--show prints one config: give its NAME')
    if args.list is not None:
        found = {name: path for name, path in shipped_configs().items()
                 if args.list in name or fnmatch(name, args.list)}
        if not found:
            raise ValueError(f'no config is called like {args.list!r}: see oadp-mm config --list')
        for name, path in found.items():
            print(f'{name}\n    {headline(path)}')
    elif args.copy:
        name, folder = args.copy
        copy = copy_config(find_config(name), Path(folder))
        print(f'wrote {copy} and what it stands on: edit it, then oadp-mm train {copy}')
    elif args.show:
        from mmengine.config import Config  # slow import: only when asked for

        print(Config.fromfile(find_config(args.config)).pretty_text, end='')
    else:
        print(find_config(args.config))
    return 0
