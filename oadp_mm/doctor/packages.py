"""Whether what is installed goes together, told from the metadata of packages."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, metadata, requires
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from oadp_mm import _stack
from oadp_mm.doctor.finding import Finding
from oadp_mm.files.configs import PACKAGE

#: In which a checkout pins what it was tested with.
_PINNED = ('torch', 'mmcv', 'pretrain', 'openmmlab', 'runtime')
_OPERATORS = ('RoIAlign and NMS', 'a detector (mask-rcnn, faster-rcnn)')
_REBUILD = 'pip install --force-reinstall --no-deps --no-cache-dir --no-build-isolation'


def package_findings(python: str) -> Iterator[Finding]:
    """All of them, of this environment.

    Args:
        python: its version.
    """
    versions = _stack.distributions()
    yield from needed_findings(python)
    yield flavour_finding(versions)
    yield from pinned_findings(_pins(PACKAGE.parent / 'requirements'), versions)
    yield operators_finding()


def needed_findings(python: str) -> Iterator[Finding]:
    """Those without which nothing runs.

    Args:
        python: its version.
    """
    try:
        needed, pythons = requires('oadp-mm') or [], metadata('oadp-mm')['Requires-Python'] or ''
    except PackageNotFoundError:  # a folder on PYTHONPATH
        needed, pythons = [], ''
    yield python_finding(python, pythons)
    yield needed_finding(needed, _stack.distributions())


def python_finding(version: str, pythons: str) -> Finding:
    """Whether this Python is one that the package is made for.

    Args:
        version: such as '3.11.4'.
        pythons: a specifier such as '>=3.10,<3.13'; '' is any.
    """
    if SpecifierSet(pythons).contains(version, prereleases=True):
        return Finding('ok', 'python', version)
    return Finding('problem', 'python', f'{version} is not {pythons}: make an environment of '
                   'another Python, `make env PYTHON=python3.11` in a checkout')


def needed_finding(needed: Iterable[str], versions: Mapping[str, str]) -> Finding:
    """Whether all that the package imports is there, in versions it is made for.

    Args:
        needed: requirements, as metadata list them; those of extras count not.
        versions: of what is installed.
    """
    wrong = []
    for requirement in _parsed(needed):
        if requirement.marker is None or requirement.marker.evaluate({'extra': ''}):
            version = versions.get(_normal(requirement.name))
            if version is None or not _fits(requirement, version):
                wrong.append((requirement, version))
    if not wrong:
        return Finding('ok', 'packages', 'all that oadp-mm imports is there, in versions it is '
                       'made for')
    told = ', '.join(f'{each.name} {version or "is missing"}' for each, version in wrong)
    return Finding('problem', 'packages', f'{told}: type pip install '
                   + ' '.join(f'"{each.name}{each.specifier}"' for each, _ in wrong))


def flavour_finding(versions: Mapping[str, str]) -> Finding:
    """Which OpenMMLab it is, and what it is enough for; `import oadp_mm` has refused none or two.

    Args:
        versions: of what is installed.
    """
    found = {name: next((dist for dist in dists if dist in versions), None)
             for name, dists in _stack.PROVIDERS.items()}
    maintained = any(dist and dist.startswith('onedl-') for dist in found.values())
    told = ', '.join(f'{dist} {versions[dist]}' for dist in found.values() if dist)
    missing = [name for name in ('mmdet', 'mmseg') if not found[name] and not find_spec(name)]
    if not missing:
        return Finding('ok', 'OpenMMLab', told)
    pins = _stack.ONEDL if maintained else _stack.OPENMMLAB
    return Finding('note', 'OpenMMLab', f'{told}: enough to pretrain and to probe; to fine-tune '
                   f'type pip install {" ".join(repr(pins[name]) for name in missing)}')


def pinned_findings(pins: Iterable[str], versions: Mapping[str, str]) -> Iterator[Finding]:
    """What is installed in another version than the tests ran with.

    Args:
        pins: requirements of one version each; of others none is expected.
        versions: of what is installed.
    """
    pairs = [(each, versions[name]) for each in _parsed(pins)
             if (name := _normal(each.name)) in versions]
    others = [(each, version) for each, version in pairs if not _fits(each, version)]
    if others:
        told = ', '.join(f'{each.name} {version} for {str(each.specifier).lstrip("=")}'
                         for each, version in others)
        yield Finding('note', 'versions', f'tested with other versions ({told}): where something '
                      'fails type pip install '
                      + ' '.join(f'"{each.name}{each.specifier}"' for each, _ in others))
    elif pairs:
        yield Finding('ok', 'versions', f'those of requirements/, all {len(pairs)}')


def operators_finding(needed: bool = False) -> Finding:
    """Whether mmcv's compiled operators are there and can be loaded.

    Args:
        needed: a detector is to be trained.
    """
    spec = find_spec('mmcv')
    places = (spec.submodule_search_locations or []) if spec else []
    if not any(True for place in places for _ in Path(place).glob('_ext*')):
        return without_operators(None, needed)
    try:
        import mmcv._ext  # noqa: F401
    except ImportError as error:
        return without_operators(str(error), needed)
    return Finding('ok', 'operators', f"mmcv's compiled ones are there, which {_OPERATORS[1]} "
                   'needs')


def without_operators(error: str | None, needed: bool) -> Finding:
    """What a mmcv without operators is good for.

    Args:
        error: of loading them, None where there are none.
        needed: a detector is to be trained.
    """
    what, who = _OPERATORS
    maintained = any(name.startswith('onedl-') for name in _stack.distributions())
    package = (_stack.ONEDL if maintained else _stack.OPENMMLAB)['mmcv']
    why = (f'are not compiled, so that {what} are missing' if error is None else
           f'were compiled for another torch ({error.splitlines()[0]})')
    return Finding(
        'problem' if needed else 'note', 'operators', f"mmcv's {why}: pretraining, probing and fcn "
        f'need none, but {who} does: type {_REBUILD} "{package}", which compiles for 10 minutes')


def _pins(folder: Path, names: Iterable[str] = _PINNED) -> list[str]:
    """Lines of a checkout's requirements; a wheel has none."""
    files = [folder / f'{name}.txt' for name in names]
    return [line for file in files if file.is_file() for line in file.read_text().splitlines()
            if line and not line.startswith('#')]


def _parsed(texts: Iterable[str]) -> Iterator[Requirement]:
    for text in texts:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue  # an option of pip's


def _fits(requirement: Requirement, version: str) -> bool:
    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:  # of somebody's own build
        return True


def _normal(name: str) -> str:
    return name.lower().replace('_', '-').replace('.', '-')
