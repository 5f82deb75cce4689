"""Metadata is in setup.cfg; this file only ships configs/ and tools/ in a wheel, for `mim`.

openmim looks for them in `oadp_mm/.mim`, as we do. onedl-mim takes the folder that RECORD's first
line starts with for the package; installers sort RECORD, so with a console script that line is
`../../../bin/oadp-mm`, and without one it is of the dist-info. So a wheel holds them once more in
`+oadp_mm`: `+` sorts before `.`, and no import finds such a name.

They are copied into the build folder and never into the source tree: an editable install, which mim
searches from the project's root, would otherwise show every config twice.
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
        for root in ('oadp_mm/.mim', '+oadp_mm'):
            self.ship(Path(self.build_lib).resolve() / root)

    def ship(self, root: Path) -> None:
        shutil.rmtree(root, ignore_errors=True)
        for folder, patterns in SHIPPED.items():
            for pattern in patterns:
                for source in sorted((ROOT / folder).rglob(pattern)):
                    target = root / source.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)
        shutil.copyfile(ROOT / 'model-index.yml', root / 'model-index.yml')


setup(cmdclass={'build_py': BuildWithMim})
