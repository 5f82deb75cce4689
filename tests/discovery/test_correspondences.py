from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from oadp_mm.datasets.decoding import UnreadableImage
from oadp_mm.discovery.correspondences import Filter, make_correspondences
from oadp_mm.discovery.neighbours import make_neighbours
from oadp_mm.files.correspondence_file import read_correspondences
from oadp_mm.files.proposal_file import read_proposals, write_proposals
from oadp_mm.ops.orl_boxes import orl_filter
from tests.discovery import made
from tests.oracles import orl_stage2 as oracle


@pytest.fixture
def task(tmp_path, monkeypatch):
    made.in_small_pieces(monkeypatch)
    folder = made.write_photos(tmp_path / 'photos')
    near = make_neighbours(made.near_task(folder), tmp_path / 'n.npz', 1)
    return made.pair_task(folder, near, made.write_boxes(folder, tmp_path / 'p.npz'))


@pytest.mark.parametrize('share', [.1, .5])
def test_it_is_what_the_released_code_finds_by_loops(share, task, tmp_path):
    """With a tenth of its forward passes or so: each box once, not once an image and neighbour."""
    task = replace(task, share=share)
    result = make_correspondences(task, tmp_path / 'c.npz', 2)
    proposals = read_proposals(task.proposals)
    boxes = [orl_filter(proposals.at(i), *proposals.sizes[i].tolist(), min_side=12, most=30)
             if i != made.BAD else np.zeros((0, 4), np.int32) for i in range(made.IMAGES)]
    near = [row[row >= 0].tolist() for row in task.neighbours.neighbours]
    network = made.Counting()

    def feature(picture):
        view = torch.from_numpy(picture.transpose(2, 0, 1)[None]).float()
        return network(view)[0].mean((2, 3))[0].detach().numpy()

    expected, asked = oracle.region_pairs([made.photo(i) for i in range(made.IMAGES)], boxes, near,
                                          feature, made.SIZE)
    assert max(map(len, boxes)) == 30 and len(boxes[4]) == 1
    for i in range(made.IMAGES):
        np.testing.assert_array_equal(result.boxes_of(i), boxes[i])
        assert len(expected[i]) == (0 if i == made.BAD else 3)
        for rank, every in enumerate(expected[i]):
            kept = every[:max(1, int(share * len(boxes[i])))]
            found = [tuple(pair) for pair in result.pairs_of(i, rank).tolist()]
            assert len(set(found)) == len(found) == len(kept)
            cosines = {(a, b): cosine for cosine, a, b in every}
            # The same order, but for what single precision cannot tell apart.
            np.testing.assert_allclose([cosines[pair] for pair in found],
                                       [cosine for cosine, _, _ in kept], rtol=0, atol=1e-6)
            np.testing.assert_allclose(result.cosines_of(i, rank), [pair[0] for pair in kept],
                                       atol=5e-4)
    shown = task.encoder.network.backbone.shown
    assert shown == sum(map(len, boxes)) + 1  # which asks for the channels
    assert asked == sum(len(boxes[i]) + sum(len(boxes[j]) for j in near[i])
                        for i in range(made.IMAGES) if near[i])


def test_the_file_is_what_was_returned(task, tmp_path):
    result = make_correspondences(task, tmp_path / 'c.npz', 2)
    read = read_correspondences(tmp_path / 'c.npz')
    for name in vars(result):
        if name != 'meta' and isinstance(getattr(result, name), np.ndarray):
            np.testing.assert_array_equal(getattr(read, name), getattr(result, name))
    assert read.meta['filter'] == {'min_side': 12, 'max_aspect': 3, 'max_iou': .5, 'most': 30}
    assert read.meta['share'] == .1 and read.meta['folder'] == 'photos'
    assert read.meta['made_of']['proposals']['method'] == 'random'
    assert sorted(path.name for path in tmp_path.iterdir()) == ['c.npz', 'n.npz', 'p.npz', 'photos']


def test_threads_do_not_change_a_byte(task, tmp_path):
    for threads in (1, 3):
        make_correspondences(task, tmp_path / f'{threads}.npz', threads)
    assert (tmp_path / '1.npz').read_bytes() == (tmp_path / '3.npz').read_bytes()


def test_inputs_of_other_images_are_refused(task, tmp_path):
    cv2.imwrite(str(tmp_path / 'photos/x.png'), made.photo(0))
    sentence = (r'^the {0} were made of 7 images of photos, not of these 8 of photos: make them '
                r'anew by oadp-mm {0} \S+photos .*--out FILE$')
    images = made.list_images(tmp_path / 'photos')
    with pytest.raises(ValueError, match=sentence.format('neighbours')):
        replace(task, images=images)
    near = make_neighbours(made.near_task(tmp_path / 'photos'), tmp_path / 'm.npz', 1)
    with pytest.raises(ValueError, match=sentence.format('proposals')):
        replace(task, images=images, neighbours=near)


def test_changed_images_of_the_same_names_are_refused(task, tmp_path):
    cv2.imwrite(str(tmp_path / 'photos/0.png'), made.photo(1))
    with pytest.raises(ValueError, match='neighbours were made before some of the images changed'):
        replace(task, images=made.list_images(tmp_path / 'photos'))


@pytest.mark.parametrize('kind', ['proposals', 'neighbours'])
def test_inputs_that_disagree_about_what_can_be_read_are_refused(kind, task, tmp_path):
    near, proposals = task.neighbours, task.proposals
    if kind == 'neighbours':
        sizes = read_proposals(proposals).sizes.copy()
        sizes[0] = 0
        index = replace(read_proposals(proposals), sizes=sizes)
        offsets = index.offsets - np.minimum(index.offsets, index.offsets[1])
        write_proposals(tmp_path / 'q.npz', replace(
            index, boxes=index.boxes[index.offsets[1]:], offsets=offsets))
        proposals = tmp_path / 'q.npz'
    else:
        rows = near.neighbours.copy()
        rows[0] = -1
        near = replace(near, neighbours=rows)
    with pytest.raises(ValueError, match=rf'^0\.png could be read when the {kind} were made, and '
                                         'not when the others were: make both anew$'):
        replace(task, neighbours=near, proposals=proposals)


@pytest.mark.parametrize(('changes', 'sentence'), [
    ({'share': 0}, '--share must lie above 0 and be 1 at most, got 0'),
    ({'share': 1.5}, '--share must lie above 0'),
    ({'filter': Filter(min_side=0)}, '--min-side must be 1 pixel or more, got 0'),
    ({'filter': Filter(most=0)}, '--most must lie in 1..32767, got 0'),
    ({'filter': Filter(most=40000)}, '--most must lie in')])
def test_numbers_out_of_range_are_refused(changes, sentence, task):
    with pytest.raises(ValueError, match=f'^{re.escape(sentence)}'):
        replace(task, **changes)


def test_images_that_change_meanwhile_are_told(task, tmp_path):
    """One cannot be read any more; another has other pixels in a file as long as before."""
    (tmp_path / 'photos/0.png').write_bytes(b'x' * (tmp_path / 'photos/0.png').stat().st_size)
    with pytest.raises(UnreadableImage, match=r'0\.png cannot be read'):
        make_correspondences(task, tmp_path / 'c.npz', 1)
    cv2.imwrite(str(tmp_path / 'photos/0.png'), made.photo(1))
    with pytest.raises(ValueError, match=r'0\.png has 102 x 76 pixels, and had 110 x 70 when its '
                                         'proposals were made: make them anew'):
        make_correspondences(task, tmp_path / 'c.npz', 1)


def test_each_thing_that_it_depends_on_is_in_its_meta(task, tmp_path):
    """So that neither a finished file nor parts are taken for those of other inputs."""
    rows = task.neighbours.neighbours[:, ::-1].copy()
    other = replace(task, neighbours=replace(task.neighbours, neighbours=rows))
    assert other.meta()['neighbours'] != task.meta()['neighbours']
    proposals = read_proposals(task.proposals)
    write_proposals(tmp_path / 'q.npz', replace(proposals, meta={**proposals.meta, 'seed': 1}))
    other = replace(task, proposals=tmp_path / 'q.npz')
    assert other.meta()['proposals'] != task.meta()['proposals']
    for name, value in (('share', .2), ('filter', Filter())):
        assert replace(task, **{name: value}).meta()[name] != task.meta()[name]
