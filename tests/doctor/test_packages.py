"""Packages that go together, and such as do not."""
from __future__ import annotations

import pytest

from oadp_mm import _stack
from oadp_mm.doctor import packages

WHOLE = {'onedl-mmengine': '0.10.12', 'onedl-mmcv': '2.3.6', 'onedl-mmpretrain': '1.3.6',
         'onedl-mmdetection': '3.5.1', 'onedl-mmsegmentation': '1.4.2'}
NEEDED = ['numpy>=1.26', 'Pillow>=10', 'scikit_image>=0.22', 'beartype>=1; extra == "tests"']


@pytest.mark.parametrize(('version', 'mark'), [
    ('3.9.18', 'problem'), ('3.10.0', 'ok'), ('3.12.9', 'ok'), ('3.13.0', 'problem')])
def test_python_is_in_its_range(version, mark):
    found = packages.python_finding(version, '>=3.10,<3.13')
    assert found.mark == mark
    assert ('make env' in found.sentence) == (mark == 'problem')


def test_what_is_imported_is_there_by_whatever_spelling():
    versions = {'numpy': '2.2.6', 'pillow': '12.3.0', 'scikit-image': '0.25.2'}
    assert packages.needed_finding(NEEDED, versions).mark == 'ok'


def test_what_is_missing_or_too_old_is_named_with_its_range():
    found = packages.needed_finding(NEEDED, {'numpy': '1.20.0', 'pillow': '12.3.0'})
    assert found.mark == 'problem'
    assert 'numpy 1.20.0, scikit_image is missing' in found.sentence
    assert found.sentence.endswith('pip install "numpy>=1.26" "scikit_image>=0.22"')


def test_a_version_of_ones_own_build_is_no_problem():
    assert packages.needed_finding(['numpy>=1.26'], {'numpy': 'ours'}).mark == 'ok'


def test_a_whole_flavour_is_told():
    found = packages.flavour_finding(WHOLE)
    assert found.mark == 'ok' and 'onedl-mmdetection 3.5.1' in found.sentence


@pytest.mark.parametrize(('versions', 'pins'), [
    ({name: WHOLE[name] for name in list(WHOLE)[:3]}, _stack.ONEDL),
    ({'mmengine': '0.10.7', 'mmcv': '2.1.0', 'mmpretrain': '1.2.0'}, _stack.OPENMMLAB)])
def test_without_detectors_the_flavours_own_are_named(monkeypatch, versions, pins):
    monkeypatch.setattr(packages, 'find_spec', lambda name: None)
    found = packages.flavour_finding(versions)
    assert found.mark == 'note' and 'enough to pretrain' in found.sentence
    assert all(pins[name] in found.sentence for name in ('mmdet', 'mmseg'))


def test_pins_of_what_is_installed_are_compared():
    pins = ['# why', '-f elsewhere', 'torch==2.11.0', 'rich==15.0.0', 'absent==1']
    found, = packages.pinned_findings(pins, {'torch': '2.11.0+cpu', 'rich': '15.0.0'})
    assert (found.mark, found.sentence) == ('ok', 'those of requirements/, all 2')
    found, = packages.pinned_findings(pins, {'torch': '2.4.1', 'rich': '15.0.0'})
    assert found.mark == 'note' and 'torch 2.4.1 for 2.11.0' in found.sentence
    assert found.sentence.endswith('pip install "torch==2.11.0"')
    assert not list(packages.pinned_findings([], {'torch': '2.4.1'}))


@pytest.mark.parametrize(('needed', 'mark'), [(False, 'note'), (True, 'problem')])
def test_without_operators_it_says_what_they_are_for(tmp_path, monkeypatch, needed, mark):
    (tmp_path / 'mmcv').mkdir()
    (tmp_path / 'mmcv/__init__.py').touch()

    class Spec:
        submodule_search_locations = [str(tmp_path / 'mmcv')]

    monkeypatch.setattr(packages, 'find_spec', lambda name: Spec)
    found = packages.operators_finding(needed)
    assert found.mark == mark
    assert 'are not compiled' in found.sentence and 'pretraining' in found.sentence
    assert '--no-build-isolation' in found.sentence


def test_operators_of_another_torch_tell_the_loaders_word():
    found = packages.without_operators('undefined symbol: x\nmore', needed=False)
    assert 'compiled for another torch (undefined symbol: x):' in found.sentence


def test_this_environment_runs():
    assert all(each.mark != 'problem' for each in packages.package_findings('3.11.7'))
