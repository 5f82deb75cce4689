from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from oadp_mm.datasets.digits.composer import compose_scene
from oadp_mm.datasets.digits.sources import SceneSources, load_sources

LUMA_BGR = np.array([0.114, 0.587, 0.299])


def disc(grey: int) -> SceneSources:
    """One 'digit', a disc of full ink of radius 20 of 80, and one flat photo."""
    rows, columns = np.mgrid[:80, :80] - 39.5
    heights = np.where(np.hypot(rows, columns) < 20, 255, 0).astype(np.uint8)[None]
    photo = np.full((200, 200, 3), grey, np.uint8)
    return SceneSources(heights, np.array([3]), np.array([0]), (photo,), ('flat',))


def scenes(sources: SceneSources, count: int, **options):
    return [compose_scene(np.random.default_rng(i), sources, **options) for i in range(count)]


@pytest.mark.parametrize('grey', [0, 60, 128, 200, 255])
def test_digits_keep_their_luma_off_what_they_lie_on(grey):
    for scene in scenes(disc(grey), 40, objects=(1, 1)):
        # Full ink, off the blended edge; beyond the image's border there may be an edge too.
        padded = cv2.copyMakeBorder(scene.owners, 2, 2, 2, 2, cv2.BORDER_CONSTANT)
        core = cv2.erode(padded, np.ones((5, 5)))[2:-2, 2:-2] > 0
        luma = scene.image[core] @ LUMA_BGR
        assert np.abs(luma - grey).min() >= 80 - 0.5  # half a level of rounding


def test_masks_are_what_was_painted_and_nothing_else_was():
    for scene in scenes(disc(128), 40, objects=(1, 1)):
        changed = (scene.image != 128).any(axis=2)
        assert changed[scene.masks[0]].all()
        around = cv2.dilate(scene.owners, np.ones((5, 5))) > 0
        assert not changed[~around].any()


def test_edges_are_blended_over_about_one_pixel():
    sources = disc(0)
    rows, columns = np.mgrid[:80, :80] - 39.5
    slope = np.clip(0.5 + (20 - np.hypot(rows, columns)) / 8, 0, 1)  # falls over one digit pixel
    sources = dataclasses.replace(sources, heights=np.uint8(255 * slope)[None])
    outline = 2 * np.pi * 20 * 80 / 64  # pixels, at a digit height of 80
    for scene in scenes(sources, 20, objects=(1, 1), scale=(0.5, 0.5), min_visible=1.0):
        luma = scene.image @ LUMA_BGR
        # Ink of the outline is 3/4 as bright as the core: these are mattes of about 0.07 to 0.53.
        partly = ((luma > 0.05 * luma.max()) & (luma < 0.4 * luma.max())).sum()
        assert 0.3 * outline < partly < 0.7 * outline


def area_range(side: float) -> tuple[float, float]:
    """Pixels of the disc at a digit height of `side`: rotation and shear keep areas, the stretch
    of 0.8..1.25 does not."""
    area = np.pi * 20**2 * (side / 64) ** 2
    return 0.8 * area, 1.25 * area


@pytest.mark.parametrize('min_visible', [0.3, 0.6, 0.9])
def test_every_digit_keeps_its_share_visible_however_crowded(min_visible):
    least, _ = area_range(0.5 * 160)
    smallest = []
    for scene in scenes(disc(90), 12, objects=(15, 15), scale=(0.5, 0.5), min_visible=min_visible):
        smallest.append(scene.masks.sum(axis=(1, 2)).min())
    assert min(smallest) >= 0.95 * min_visible * least
    assert min(smallest) < 1.6 * min_visible * least  # and the share is made use of


def test_with_all_to_be_visible_nothing_is_covered_or_cut():
    least, most = area_range(0.3 * 160)
    for scene in scenes(disc(90), 12, objects=(6, 6), scale=(0.3, 0.3), min_visible=1.0):
        areas = scene.masks.sum(axis=(1, 2))
        assert areas.min() >= 0.95 * least
        assert areas.max() <= 1.05 * most


def test_a_digit_without_a_place_is_neither_drawn_nor_annotated():
    for scene in scenes(disc(90), 3, objects=(20, 20), scale=(0.7, 0.7), min_visible=1.0):
        assert 1 <= len(scene.labels) < 20
        assert len(scene.labels) == scene.owners.max()
        changed = (scene.image != 90).any(axis=2)
        assert not changed[cv2.dilate(scene.owners, np.ones((5, 5))) == 0].any()


def test_backgrounds_are_undistorted_crops_without_enlargement_of_large_photos():
    # A ramp photo, BGR = (x / 2, y / 2, 0): in any crop both axes must have the same step.
    rows, columns = np.mgrid[:500, :500]
    ramp = np.stack([columns // 2, rows // 2, 0 * rows], axis=2).astype(np.uint8)
    sources = dataclasses.replace(disc(0), photos=(ramp,))
    for scene in scenes(sources, 20, size=(100, 150), objects=(1, 1), scale=(0.16, 0.16)):
        image = np.where(scene.owners[..., None] > 0, np.nan, scene.image)
        across = np.nanmedian(image[:, -20:, 0]) - np.nanmedian(image[:, :20, 0])
        down = np.nanmedian(image[-20:, :, 1]) - np.nanmedian(image[:20, :, 1])
        steps = abs(across) / 130, down / 80
        assert steps[0] == pytest.approx(steps[1], rel=0.03)
        assert 0.4 - 0.02 <= 2 * steps[1] * 150 / 500 <= 1 + 0.02  # 2 photo pixels a grey level


@pytest.mark.parametrize('split', ['train', 'test'])
def test_most_digits_stand_out_on_real_photos(split):
    gaps = []
    for scene in scenes(load_sources(split), 60):
        luma = scene.image @ LUMA_BGR
        for mask in scene.masks:
            mask = mask.astype(np.uint8)
            ring = cv2.dilate(mask, np.ones((11, 11))) - cv2.dilate(mask, np.ones((5, 5)))
            gaps.append(np.abs(luma[ring > 0].mean() - luma[mask > 0].mean()))
    assert np.mean(np.array(gaps) >= 40) >= 0.9  # grey levels


def test_sizes_within_the_scenes_vary_strongly():
    heights = [box[3] - box[1] for s in scenes(load_sources('train'), 60) for box in s.boxes]
    low, high = np.percentile(heights, (10, 90))
    assert high / low > 2.5  # log-uniform over 0.16..0.7 gives (0.7 / 0.16)**0.8 = 3.3 uncut
