from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from oadp_mm.files.proposals import Proposals
from oadp_mm.ops.boxes import soco_filter
from oadp_mm.probes.proposal_recall import (
    Annotated,
    annotated,
    closest,
    random_boxes,
    recall_rows,
)

SIZE = 100, 200


def proposals(*boxes: list, names: tuple[str, ...] = ('a.png', 'b.png')) -> Proposals:
    return Proposals(names=np.array(names), sizes=np.array([SIZE] * len(names), np.int32),
                     lengths=np.full(len(names), -1),
                     offsets=np.cumsum([0, *map(len, boxes)]).astype(np.int64),
                     boxes=np.array([box for some in boxes for box in some],
                                    np.int32).reshape(-1, 4), meta={'folder': 'photos'})


def objects(number: int, *boxes: tuple) -> Annotated:
    return Annotated(number, None, SIZE, np.array(boxes, np.float32))


def test_recall_is_the_share_of_objects_that_are_covered_by_half():
    """Overlaps of four objects: 1, 1/2 (half of it), 45/100, and none, for lack of boxes; the
    second is the only one above 1 % of 20,000 pixels."""
    made = proposals([(0, 0, 10, 10), (20, 20, 60, 40), (100, 0, 110, 9)], [])
    images = [objects(0, (0, 0, 10, 10), (20, 20, 60, 60), (100, 0, 110, 20)),
              objects(1, (0, 0, 9, 9))]
    first, random, *_ = recall_rows(made, images)
    assert first == ['all: proposals', '2', '0.500', '1.000', f'{(1 + .5 + .45) / 4:.3f}']
    assert random[:2] == ['all: random', '2']


def test_without_large_objects_there_is_no_figure():
    [first, *_] = recall_rows(proposals([(0, 0, 9, 9)], []), [objects(0, (0, 0, 9, 9))])
    assert first[2:] == ['1.000', '-', '1.000']


def test_the_filter_is_socos_and_random_boxes_pass_it_too():
    """60x60 is a scale of .42 and passes; 200x20 is too flat."""
    made = proposals([(0, 0, 60, 60), (0, 0, 200, 20)], [])
    images = [objects(0, (0, 0, 60, 60), (0, 0, 200, 20))]
    everything, _, filtered, _ = recall_rows(made, images)
    assert everything[:3] == ['all: proposals', '2', '1.000']
    assert filtered[:3] == ["SoCo's filter: proposals", '1', '0.500']
    drawn = random_boxes(300, SIZE, soco_filter, 0)
    np.testing.assert_array_equal(soco_filter(drawn, *SIZE), drawn)
    assert len(drawn) == 300


def test_random_boxes_have_their_corners_anywhere():
    """|x1 - x2| of two numbers in 0..1 is 1/3 in the mean; a box is rounded up to whole pixels."""
    drawn = random_boxes(20000, (300, 600), lambda boxes, height, width: boxes, 1)
    assert len(drawn) == 20000 and drawn.min() == 0 and (drawn.max(0)[2:] == (600, 300)).all()
    assert (drawn[:, :2] < drawn[:, 2:]).all()
    widths, heights = (drawn[:, 2:] - drawn[:, :2]).T
    assert widths.mean() == pytest.approx(200 + 1, abs=4)
    assert heights.mean() == pytest.approx(100 + 1, abs=2)
    again = random_boxes(20000, (300, 600), lambda boxes, height, width: boxes, 1)
    np.testing.assert_array_equal(drawn, again)


def test_the_closest_box_of_each_object():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 5]])
    overlaps, which = closest(boxes, np.array([[0, 0, 10, 6], [0, 0, 10, 9], [50, 50, 60, 60]]))
    assert overlaps == pytest.approx([5 / 6, 9 / 10, 0]) and which[:2].tolist() == [1, 0]
    overlaps, which = closest(boxes[:0], np.array([[0, 0, 10, 6]]))
    assert overlaps.tolist() == [0] and which.tolist() == [-1]


@pytest.fixture
def annotations(tmp_path):
    def write(images: list[tuple[str, int, int]], found: list[tuple[int, list, int]]):
        (tmp_path / 'images/train').mkdir(parents=True, exist_ok=True)
        for name, height, width in images:
            cv2.imwrite(str(tmp_path / 'images' / name), np.zeros((height, width, 3), np.uint8))
        path = tmp_path / 'annotations/instances_x.json'
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({
            'images': [dict(id=i, file_name=name, height=height, width=width)
                       for i, (name, height, width) in enumerate(images)],
            'categories': [dict(id=1, name='thing')],
            'annotations': [dict(id=i, image_id=image, category_id=1, bbox=box, iscrowd=crowd,
                                 area=box[2] * box[3], segmentation=[])
                            for i, (image, box, crowd) in enumerate(found, 1)]}))
        return path
    return write


def test_images_are_found_by_the_ends_of_their_paths(annotations):
    path = annotations(
        [('train/a.png', 100, 200), ('b.png', 100, 200), ('c.png', 100, 200), ('d.png', 50, 200)],
        [(0, [10, 20, 30, 40], 0), (0, [0, 0, 50, 50], 1), (1, [1, 2, 3, 4], 0),
         (3, [1, 2, 3, 4], 0)])
    made = proposals([], [], [], names=('b.png', 'd.png', 'train/a.png'))
    found, notes = annotated(made, path)
    assert [(one.number, one.objects.tolist()) for one in found] == [
        (2, [[10, 20, 40, 60]]), (0, [[1, 2, 4, 6]])]
    assert found[0].path.is_file() and found[0].size == SIZE
    assert [note for note in notes if 'left out' in note and 'of 4 images' in note] == [
        '1 of 4 images are left out: they have no proposals',
        '1 of 4 images are left out: they are of another size than those of the proposals']


def test_annotations_of_other_images_are_refused(annotations):
    path = annotations([('c.png', 100, 200)], [(0, [1, 2, 3, 4], 0)])
    with pytest.raises(ValueError, match=r'no object of .* is in an image with proposals: they are '
                                         r'of 2 images of photos, such as a\.png; give their ann'):
        annotated(proposals([], []), path)
