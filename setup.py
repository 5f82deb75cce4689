"""Metadata is in setup.cfg; this file only ships configs/ and tools/ as `oadp_mm/.mim` in a wheel.

OpenMMLab's `mim` looks there for them. They are copied into the build folder and never into the
source tree: an editable install, which mim searches from the project's root, would otherwise show
every config twice.
"""
from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = {'configs': ('*.py', '*.yml'), 'tools': ('*.py', '*.sh')}


class BuildWithMim(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        mim = Path(self.build_lib).resolve() / 'oadp_mm' / '.mim'
        shutil.rmtree(mim, ignore_errors=True)
        for folder, patterns in SHIPPED.items():
            for pattern in patterns:
                for source in sorted((ROOT / folder).rglob(pattern)):
                    target = mim / source.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)
        shutil.copyfile(ROOT / 'model-index.yml', mim / 'model-index.yml')


setup(cmdclass={'build_py': BuildWithMim})
