"""With a network whose map is the mean of squares of 8 pixels, features are means of pixels."""
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d

from oadp_mm.probes import extract as extraction
from oadp_mm.probes.data import Boxes, Data, Part
from oadp_mm.probes.extract import Eye, extract, read_features, read_pairs

EYE = Eye(lambda images: avg_pool2d(images, 8), torch.Tensor.float, 32, 8)


@pytest.fixture
def data(tmp_path):
    generator = np.random.default_rng(0)
    paths = []
    for i, shape in enumerate([(32, 48), (32, 32), (32, 48), (40, 32)]):
        paths.append(tmp_path / f'{i}.png')
        cv2.imwrite(str(paths[-1]), generator.integers(0, 255, (*shape, 3), np.uint8))
    return Data('four', Part(tuple(paths[:3])), Part(tuple(paths[3:])))


def _boxes(size, corners) -> Boxes:
    corners = np.array(corners, np.float32).reshape(-1, 4)
    return Boxes(size, corners, np.zeros(len(corners), np.int64), np.ones(len(corners)))


def test_features_are_those_of_their_image_whatever_is_seen_together(data, tmp_path):
    regions = {'train': [_boxes((32, 48), [[0, 0, 48, 32], [8, 8, 24, 32]]), _boxes((32, 32), []),
                         _boxes((32, 48), [[0, 0, 48, 32]])], 'test': []}
    done = []
    folder = tmp_path / 'features'
    folder.mkdir()
    extract(EYE, data, regions, folder, done.append)
    assert sum(done) == 4 + 2 * 1
    train = read_features(folder / 'train')
    pixels = [cv2.imread(str(path)).astype(np.float32) for path in data.train.paths]
    np.testing.assert_allclose(train.images, [each.mean((0, 1)) for each in pixels], rtol=1e-5)
    assert train.grids.tolist() == [[0, 4, 6], [1, 4, 4], [2, 4, 6]]
    assert train.starts.tolist() == [0, 24, 40, 64]
    np.testing.assert_allclose(train.cells[24 + 5], pixels[1][8:16, 8:16].mean((0, 1)), rtol=1e-5)
    np.testing.assert_allclose(train.regions[[0, 2]], train.images[[0, 2]], rtol=.02)
    np.testing.assert_allclose(train.regions[1], pixels[0][8:32, 8:24].mean((0, 1)), rtol=.1)
    assert len(read_features(folder / 'test').regions) == 0


def test_vectors_of_windows_and_square_views(data, tmp_path):
    """Cells and boxes stay those of the map; the vector has four means of 3 x 3 cells."""
    regions = {'train': [_boxes((32, 48), [[0, 0, 48, 32]]), _boxes((32, 32), []),
                         _boxes((32, 48), [])], 'test': []}
    folder = tmp_path / 'features'
    folder.mkdir()
    extract(replace(EYE, view='square', windows=2), data, regions, folder)
    train = read_features(folder / 'train')
    assert train.grids.tolist() == [[i, 4, 4] for i in range(3)]
    assert train.cells.shape == (48, 3) and train.regions.shape == (1, 3)
    cells = train.cells.reshape(3, 4, 4, 3)
    for image, found in zip(train.images, cells, strict=True):
        expected = [found[i:i + 3, j:j + 3].mean((0, 1)) for i in (0, 1) for j in (0, 1)]
        np.testing.assert_allclose(image.reshape(3, 4).T, expected, rtol=1e-5)


def test_two_views_are_those_of_their_windows(data, tmp_path):
    folder = tmp_path / 'features'
    folder.mkdir()
    extract(EYE, data, {'train': [], 'test': []}, folder)
    image = cv2.imread(str(data.test.paths[0]))
    first, second, windows, others = read_pairs(folder)
    for maps, window in ((first, windows[0]), (second, others[0])):
        view = torch.from_numpy(window.cut(image)).permute(2, 0, 1)[None].float()
        torch.testing.assert_close(maps, avg_pool2d(view, 8))


def test_cells_of_some_images_are_enough(data, tmp_path, monkeypatch):
    monkeypatch.setattr(extraction, 'MAPS', {'train': 2, 'test': 1})
    folder = tmp_path / 'features'
    folder.mkdir()
    extract(EYE, data, {'train': [], 'test': []}, folder)
    train = read_features(folder / 'train')
    assert train.grids[:, 0].tolist() == [0, 1] and len(train.images) == 3
    assert len(train.cells) == 24 + 16


def test_a_broken_network_is_told(data, tmp_path):
    eye = Eye(lambda images: images / 0, torch.Tensor.float, 32, 8)
    with pytest.raises(ValueError, match='not finite'):
        extract(eye, data, {'train': [], 'test': []}, tmp_path)
