from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.proposals import making, workers
from oadp_mm.datasets.proposals.engine import SelectiveSearch
from oadp_mm.datasets.proposals.finished import finished
from oadp_mm.datasets.proposals.image_list import list_images
from oadp_mm.datasets.proposals.making import Task, make_proposals
from oadp_mm.datasets.proposals.workers import generator_of, propose
from oadp_mm.files.lock import hold
from oadp_mm.files.proposal_file import FORM, read_index, read_proposals
from tests.datasets.proposals.images import photo, write_folder

ENGINE = SelectiveSearch(min_size=20)


@pytest.fixture
def task(tmp_path, monkeypatch) -> Task:
    monkeypatch.setattr(making, 'PART', 2)
    return Task(list_images(write_folder(tmp_path / 'photos', 6)), 'fast', ENGINE)


@pytest.mark.integration
def test_each_image_has_what_the_engine_finds_in_it(task, tmp_path):
    make_proposals(task, tmp_path / 'p.npz', 2)
    read = read_proposals(tmp_path / 'p.npz')
    assert read.names.tolist() == list(task.images.names)
    assert read.sizes.tolist() == [[60, 80]] * 6 + [[90, 50]]
    for i in range(6):
        expected = ENGINE.propose(photo(left=5 * i), generator_of(0, f'{i:02d}.png'))
        np.testing.assert_array_equal(read.of(f'{i:02d}.png'), expected)
    assert read.meta['method'] == 'fast' and read.meta['folder'] == 'photos'
    assert sorted(path.name for path in tmp_path.iterdir()) == ['p.npz', 'photos']


@pytest.mark.integration
def test_each_image_has_the_bytes_of_its_file(task, tmp_path):
    """Of the last part, too, which is shorter."""
    index = make_proposals(task, tmp_path / 'p.npz', 1)
    expected = [(task.images.folder / name).stat().st_size for name in task.images.names]
    assert index.lengths.tolist() == expected
    assert read_proposals(tmp_path / 'p.npz').lengths.tolist() == expected


@pytest.mark.integration
def test_one_process_and_two_write_the_same_bytes(task, tmp_path):
    for processes in (1, 2):
        make_proposals(task, tmp_path / f'{processes}.npz', processes)
    assert (tmp_path / '1.npz').read_bytes() == (tmp_path / '2.npz').read_bytes()
    make_proposals(replace(task, seed=1), tmp_path / 'other.npz', 1)
    assert (tmp_path / '1.npz').read_bytes() != (tmp_path / 'other.npz').read_bytes()


def test_what_an_image_draws_depends_on_its_name_and_the_seed_alone():
    numbers = [generator_of(seed, name).random() for seed, name in
               ((0, 'a'), (0, 'a'), (0, 'b'), (1, 'a'))]
    assert numbers[0] == numbers[1] and len(set(numbers)) == 3


def test_an_unreadable_image_has_no_proposals(tmp_path):
    (tmp_path / 'a.png').write_bytes(b'no picture')
    for name in ('a.png', 'missing.png'):
        found = propose(tmp_path, name, ENGINE, 0)
        assert found.size == (0, 0) and found.boxes.shape == (0, 4)


@pytest.mark.parametrize('image', [
    np.arange(300 * 200, dtype=np.uint16).reshape(300, 200), photo()[..., 0]])
def test_gray_and_16_bit_files_are_read_as_in_a_training(image, tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    found = propose(tmp_path, 'a.png', ENGINE, 0)
    assert found.size == image.shape and len(found.boxes)


@pytest.mark.parametrize(('rule', 'levels'), [('range', 4), ('minmax', 256)])
def test_few_bits_of_16_can_be_stretched(rule, levels, tmp_path):
    """Of 10 bits the eight high ones of 16 are four levels."""
    image = np.linspace(0, 1023, 60 * 80).astype(np.uint16).reshape(60, 80)
    cv2.imwrite(str(tmp_path / 'a.png'), image)
    seen = []

    class Spy:
        def propose(self, image, generator):
            seen.append(len(np.unique(image)))
            return np.zeros((0, 4), np.int32)

    assert propose(tmp_path, 'a.png', Spy(), 0, rule).bits == 10
    assert seen == [levels]


@pytest.mark.integration
def test_a_killed_command_leaves_no_process_and_goes_on(task, tmp_path):
    """kill -9 after the first part; the workers end by themselves; the parts are not made again."""
    folder, out = task.images.folder, tmp_path / 'p.npz'
    code = f"""
import time
from pathlib import Path
from oadp_mm.datasets.proposals import making, workers
from oadp_mm.datasets.proposals.engine import SelectiveSearch
from oadp_mm.datasets.proposals.image_list import list_images
making.PART = 2
find = workers.propose
def slowly(folder, name, *rest):
    if name > '02':
        time.sleep(600)
    return find(folder, name, *rest)
workers.propose = slowly
def tell(done):
    print(*[process.pid for process in workers.multiprocessing.active_children()], flush=True)
task = making.Task(list_images(Path({str(folder)!r})), 'fast', SelectiveSearch(min_size=20))
making.make_proposals(task, Path({str(out)!r}), 2, listen=tell)
"""
    victim = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True,
                              cwd=Path(__file__).parents[3])
    children = [int(word) for word in victim.stdout.readline().split()]
    assert len(children) == 2
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    deadline = time.monotonic() + 30
    try:
        while any(map(_runs, children)) and time.monotonic() < deadline:
            time.sleep(.1)
        assert not any(map(_runs, children))
    finally:
        for child in filter(_runs, children):
            os.kill(child, signal.SIGKILL)
    assert not out.exists()

    found_before, found_now = [], []
    make_proposals(task, out, 1, found_before.append, found_now.append)
    assert found_before == [2] and sum(found_now) == 5 + 7  # done, and put into one file
    make_proposals(task, tmp_path / 'unbroken.npz', 1)
    assert out.read_bytes() == (tmp_path / 'unbroken.npz').read_bytes()
    assert not (tmp_path / 'p.npz.parts').exists()


def _runs(process: int) -> bool:
    try:
        state = Path(f'/proc/{process}/stat').read_text().rpartition(')')[2].split()[0]
    except OSError:
        return False
    return state != 'Z'  # whoever adopted it has not heard of its end


@pytest.mark.integration
def test_a_damaged_part_is_made_again_and_parts_of_other_parameters_stay(task, tmp_path,
                                                                         monkeypatch):
    out = tmp_path / 'p.npz'
    with monkeypatch.context() as patch:
        patch.setattr(making, 'join_parts', lambda *_: 1 / 0)
        for each in (task, replace(task, seed=1)):
            with pytest.raises(ZeroDivisionError):
                make_proposals(each, out, 1)
    parts = sorted(tmp_path.glob('p.npz.parts/*/*.npz'))
    assert len(parts) == 2 * 4
    for part in parts:
        if part.name == '00000002.npz':
            part.write_bytes(part.read_bytes()[:-50])
    before = []
    make_proposals(task, out, 1, before.append)
    assert before == [5]
    assert len(list(tmp_path.glob('p.npz.parts/*/*.npz'))) == 4
    make_proposals(replace(task, seed=1), out, 1, before.append)
    assert before == [5, 5]
    assert not (tmp_path / 'p.npz.parts').exists()


@pytest.mark.integration
def test_a_killed_worker_is_one_sentence(task, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, 'propose', lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(OSError, match=r'was killed, .* start the same command again, which goes'):
        make_proposals(task, tmp_path / 'p.npz', 1)


@pytest.mark.integration
def test_who_leaves_early_does_not_wait_for_the_rest(tmp_path, monkeypatch):
    begun = multiprocessing.get_context('fork').Value('i', 0)

    def slowly(*_):
        begun.value += 1
        time.sleep(.02)

    monkeypatch.setattr(workers, 'propose', slowly)
    with workers.workers(tmp_path, ENGINE, 0, 'range', 1) as submit:
        submit(['image'] * 300)
    assert begun.value < 300


@pytest.mark.integration
def test_a_storage_that_is_away_is_told(task, tmp_path, monkeypatch):
    def away(*_):
        raise OSError('image folder x was there and is away')

    monkeypatch.setattr(workers, 'propose', away)
    with pytest.raises(OSError, match=r'^image folder x was there and is away$'):
        make_proposals(task, tmp_path / 'p.npz', 1)


def test_two_commands_do_not_make_one_file(task, tmp_path):
    with hold(tmp_path / 'p.npz.parts', 'oadp-mm proposals'), \
            pytest.raises(OSError, match=r'another oadp-mm proposals is running in .*p\.npz\.parts '
                                         r'.*give another folder with --out$'):
        make_proposals(task, tmp_path / 'p.npz', 1)


@pytest.mark.integration
def test_a_file_is_known_again_or_refused_with_the_reasons(task, tmp_path):
    out = tmp_path / 'p.npz'
    assert finished(out, task, read_index, FORM) is None
    made = make_proposals(task, out, 1)
    np.testing.assert_array_equal(finished(out, task, read_index, FORM).offsets, made.offsets)

    newer = replace(task, engine=replace(ENGINE, scales=(70,), sigma=.5), seed=3)
    for changed, reason in (
            (replace(task, sixteen_bit='minmax'), 'with sixteen_bit range, not minmax'),
            (newer, r'with scales \[50, 100, 200\], not \[70\]; with sigma 0.8, not 0.5; with '
                    r'seed 0, not 3'),
            (replace(task, method='soco-code'), 'with method fast, not soco-code')):
        with pytest.raises(ValueError, match=rf'p\.npz was made {reason}: give another --out, or'):
            finished(out, changed, read_index, FORM)
    folder = task.images.folder
    with (folder / '00.png').open('ab') as file:
        file.write(b' ')
    with pytest.raises(ValueError, match='was made before some of the images changed: give'):
        finished(out, replace(task, images=list_images(folder)), read_index, FORM)
    (folder / '00.png').unlink()
    with pytest.raises(ValueError, match='of 7 images of photos, not of these 6 of photos: give'):
        finished(out, replace(task, images=list_images(folder)), read_index, FORM)


@pytest.mark.integration
def test_a_file_of_another_version_is_refused(task, tmp_path, monkeypatch):
    make_proposals(task, tmp_path / 'p.npz', 1)
    monkeypatch.setattr(SelectiveSearch, 'VERSION', 2)
    with pytest.raises(ValueError, match='was made with version 1, not 2: give another --out'):
        finished(tmp_path / 'p.npz', task, read_index, FORM)
