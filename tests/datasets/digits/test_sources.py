from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from oadp_mm.datasets.digits import sources as scene_sources
from oadp_mm.datasets.digits.sources import PHOTOS, SPLITS, UPSAMPLING, load_sources


def test_the_splits_share_no_digit_and_leave_none_out():
    indices = [load_sources(split).digit_indices for split in SPLITS]
    assert sorted(np.concatenate(indices)) == list(range(1797))


def test_the_digits_are_cut_where_a_writer_starts():
    first_test = load_sources('test').digit_indices.min()
    labels = load_digits().target[first_test:first_test + 30]
    assert labels.tolist() == list(range(10)) * 3  # how each writer's form opens
    assert load_sources('train').digit_indices.max() < first_test


def test_the_splits_share_no_photo():
    names = [name for split in SPLITS for name in load_sources(split).photo_names]
    assert len(set(names)) == len(names)
    # Two shots of one scene must not lie on both sides either.
    assert 'motorcycle_right.png' not in names


@pytest.mark.parametrize('split', SPLITS)
def test_each_split_has_every_class_and_photos_with_and_without_colour(split):
    sources = load_sources(split)
    assert (np.bincount(sources.labels, minlength=10) >= 30).all()
    colourful = [bool(np.ptp(photo, axis=2).any()) for photo in sources.photos]
    assert any(colourful)
    assert not all(colourful)


@pytest.mark.parametrize('split', SPLITS)
def test_height_maps_average_to_the_digits_they_belong_to(split):
    sources, data = load_sources(split), load_digits()
    assert (sources.labels == data.target[sources.digit_indices]).all()
    cells = sources.heights.reshape(-1, 10, UPSAMPLING, 10, UPSAMPLING).mean(axis=(2, 4))
    for ink, cell in zip(data.images[sources.digit_indices], cells, strict=True):
        assert np.corrcoef(ink.ravel(), cell[1:-1, 1:-1].ravel())[0, 1] > 0.95
    assert (cells[:, [0, -1]] < 128).all()  # the outline closes inside the map


def test_photos_are_bgr():
    sources = load_sources('test')
    photo = sources.photos[sources.photo_names.index('chelsea.png')]  # small: not resized
    path = scene_sources._photo_folder() / 'chelsea.png'
    assert np.array_equal(photo[..., ::-1], np.asarray(Image.open(path).convert('RGB')))


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match=r"split is 'val', expected 'train' or 'test'\."):
        load_sources('val')


def test_a_missing_scikit_image_is_named(monkeypatch):
    monkeypatch.setattr(scene_sources, 'find_spec', lambda name: None)
    with pytest.raises(FileNotFoundError, match='pip install scikit-image'):
        load_sources.__wrapped__('test')


def test_a_missing_photo_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(scene_sources, '_photo_folder', lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match=rf'{PHOTOS["test"][0]} of scikit-image is missing'):
        load_sources.__wrapped__('test')
