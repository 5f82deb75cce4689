"""Is there one whole OpenMMLab? Answered from package metadata alone: nothing of it is imported.

OpenMMLab exists as the original packages and as the maintained `onedl-*` releases. Both install
the same import names: having both overwrites files silently, and neither can be a hard requirement.
"""
from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec

# Import name -> the distributions that install it: maintained, original, others.
PROVIDERS = {
    'mmengine': ('onedl-mmengine', 'mmengine', 'mmengine-lite'),
    'mmcv': ('onedl-mmcv', 'mmcv', 'mmcv-full', 'mmcv-lite'),
    'mmpretrain': ('onedl-mmpretrain', 'mmpretrain'),
    'mmdet': ('onedl-mmdetection', 'mmdet'),
    'mmseg': ('onedl-mmsegmentation', 'mmsegmentation'),
}
REQUIRED = ('mmengine', 'mmcv', 'mmpretrain')  # the others only where a checkpoint is fine-tuned
NEUTRAL = 'mmcv-lite'  # no flavour: without compiled operators it serves both
# What the fix commands install; the same as the extras of setup.cfg.
ONEDL = {
    'mmengine': 'onedl-mmengine==0.10.12',
    'mmcv': 'onedl-mmcv==2.3.6',
    'mmpretrain': 'onedl-mmpretrain==1.3.6',
    'mmdet': 'onedl-mmdetection==3.5.1',
    'mmseg': 'onedl-mmsegmentation==1.4.2',
}
OPENMMLAB = {
    'mmengine': 'mmengine>=0.10,<0.11',
    'mmcv': 'mmcv>=2.1,<2.2',
    'mmpretrain': 'mmpretrain>=1.2,<1.3',
    'mmdet': 'mmdet>=3.3,<3.4',
    'mmseg': 'mmsegmentation>=1.2,<1.3',
}


def problem(installed: Iterable[str], importable: Iterable[str] = ()) -> str | None:
    """One sentence that names what is wrong and the command that mends it; None if all is well.

    Args:
        installed: The distributions that are installed, of those in `PROVIDERS`.
        importable: Import names known to exist, whether or not a distribution says so (a source
            folder on PYTHONPATH counts as installed).
    """
    installed, importable = set(installed), set(importable)
    found = {name: [d for d in dists if d in installed] for name, dists in PROVIDERS.items()}
    names = [dist for dists in found.values() for dist in dists]
    flavoured = [dist for dist in names if dist != NEUTRAL]
    maintained = [dist for dist in flavoured if dist.startswith('onedl-')]
    if any(len(dists) > 1 for dists in found.values()) or 0 < len(maintained) < len(flavoured):
        again = [ONEDL[name] for name, dists in found.items() if dists or name in REQUIRED]
        return (
            f'oadp_mm found a mixed OpenMMLab stack ({", ".join(names)}), whose packages overwrite '
            f'or contradict each other: run `pip uninstall -y {" ".join(names)}` and then '
            f'`{_install(again)}`.'
        )
    missing = [name for name in REQUIRED if not found[name] and name not in importable]
    if missing:
        pins = OPENMMLAB if flavoured and not maintained else ONEDL
        return (
            f'oadp_mm needs {", ".join(REQUIRED)} and found no {", ".join(missing)} (it found '
            f'{", ".join(names) or "nothing of OpenMMLab"}): run `make env` in a checkout, or, '
            f'with torch installed, `{_install([pins[name] for name in missing])}`.'
        )
    return None


def too_new(versions: Mapping[str, str]) -> str | None:
    """One sentence if mmpretrain would fail at import; it reads its multimodal models where it
    finds transformers and pycocotools, and these need names that transformers 5 took away.

    Args:
        versions: of all distributions that are installed.
    """
    version = versions.get('transformers', '')
    major = version.partition('.')[0]
    if 'pycocotools' in versions and major.isdecimal() and int(major) >= 5:
        return (f'oadp_mm found transformers {version}, with which mmpretrain cannot be imported '
                'where pycocotools is installed: run `pip install "transformers<5"`.')
    return None


def check() -> None:
    """Raise ImportError with the sentence of what is wrong, unless the environment is sound."""
    versions = distributions()
    sentence = (problem(versions, [name for name in REQUIRED if find_spec(name)])
                or too_new(versions))
    if sentence:
        raise ImportError(sentence)


def distributions() -> dict[str, str]:
    """Versions of what is installed, as far as folders tell them, by its normal name.

    Importing `importlib.metadata` would take 30 ms.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            entries = os.listdir(folder or '.')
        except OSError:
            continue  # the path may name what is not there, and archives
        for entry in entries:
            stem, _, kind = entry.rpartition('.')
            if kind in ('dist-info', 'egg-info'):
                name, _, version = stem.partition('-')
                # As at import, the first on the path counts.
                found.setdefault(name.lower().replace('_', '-').replace('.', '-'), version)
    return found


def _install(requirements: list[str]) -> str:
    return 'pip install --no-build-isolation ' + ' '.join(f'"{one}"' for one in requirements)
