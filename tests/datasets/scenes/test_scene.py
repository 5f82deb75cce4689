from __future__ import annotations

import numpy as np

from oadp_mm.datasets.scenes.scene import Scene


def scene() -> Scene:
    # Two objects; the second lies on the first and leaves it in two parts.
    owners = np.array([[0, 1, 0, 0, 0],
                       [0, 1, 1, 0, 0],
                       [2, 2, 2, 2, 0],
                       [0, 0, 1, 0, 0]], np.uint8)
    return Scene(np.zeros((4, 5, 3), np.uint8), np.array([7, 0]), owners)


def test_masks_are_the_pixels_of_each_owner():
    first, second = scene().masks
    assert np.argwhere(first).tolist() == [[0, 1], [1, 1], [1, 2], [3, 2]]
    assert np.argwhere(second).tolist() == [[2, 0], [2, 1], [2, 2], [2, 3]]


def test_boxes_run_along_the_outer_edges_of_the_visible_pixels():
    assert scene().boxes.tolist() == [[1, 0, 3, 4], [0, 2, 4, 3]]
    assert scene().boxes.dtype == np.float32


def test_semantic_is_the_label_plus_one_and_zero_for_background():
    assert scene().semantic.tolist() == [[0, 8, 0, 0, 0],
                                         [0, 8, 8, 0, 0],
                                         [1, 1, 1, 1, 0],
                                         [0, 0, 8, 0, 0]]


def test_a_scene_without_objects_has_empty_annotations():
    empty = Scene(np.zeros((2, 3, 3), np.uint8), np.zeros(0, np.int64), np.zeros((2, 3), np.uint8))
    assert empty.masks.shape == (0, 2, 3)
    assert empty.boxes.shape == (0, 4)
    assert not empty.semantic.any()


def test_the_border_is_what_touches_something_else():
    owners = np.zeros((5, 6), np.uint16)
    owners[1:4, 0:3] = 300  # it reaches the edge of the image, which is no border
    owners[1:4, 3:6] = 2
    square = Scene(np.zeros((5, 6, 3), np.uint8), np.zeros(300, np.int64), owners)
    assert square.border.astype(int).tolist() == [[0, 0, 0, 0, 0, 0],
                                                  [1, 1, 1, 1, 1, 1],
                                                  [0, 0, 1, 1, 0, 0],
                                                  [1, 1, 1, 1, 1, 1],
                                                  [0, 0, 0, 0, 0, 0]]
