from __future__ import annotations

import pytest
from torch.utils.data import DistributedSampler

from oadp_mm.journey import schedule


@pytest.mark.parametrize(('images', 'batch', 'gpus'), [(544, 32, 1), (544, 32, 3), (65, 8, 4)])
def test_iterations_are_those_of_full_batches_of_what_a_process_gets(images, batch, gpus):
    dealt = len(list(DistributedSampler(range(images), gpus, 0)))
    assert schedule.iterations_an_epoch(images, batch, gpus) == dealt // batch


def test_the_last_accumulated_batches_make_a_step():
    assert [schedule.optimizer_steps(3, 5, batches) for batches in (1, 2, 15, 16)] == [15, 8, 1, 1]


def test_short_ends_at_the_constant():
    assert schedule.is_short(schedule.SHORT - 1)
    assert not schedule.is_short(schedule.SHORT)


def test_a_stem_is_frozen_in_short_trainings_alone():
    assert [schedule.stem_share(steps) for steps in (1, schedule.SHORT - 1, schedule.SHORT)] == [
        0, 0, 1]


def test_a_rate_is_in_proportion_to_the_images_of_a_step():
    assert schedule.learning_rate(0.2, 256, 256) == 0.2  # the paper's own
    assert schedule.learning_rate(0.2, 256, 32) == 0.2 / 8


@pytest.mark.parametrize(('epochs', 'share'), [
    (800, 4 / 800),  # the paper's
    (200, 4 / 200),  # the folder config's
    (40, 1 / 10), (20, 1 / 10), (1, 1 / 10)])
def test_the_warm_up_is_four_epochs_and_a_tenth_at_most(epochs, share):
    assert schedule.warm_up(epochs) == pytest.approx(share)


@pytest.mark.parametrize(('length', 'images', 'keys', 'expected'), [
    (65536, 1_281_167, 1024, 65536),  # RegionCL's own
    (1024, 544, 32, 256),  # 272 are half of the images
    (1024, 2640, 48, 1008),  # whole iterations
    (1024, 20, 32, 32)])  # one at least
def test_a_queue_holds_half_of_an_epoch_at_most_in_whole_iterations(length, images, keys, expected):
    found = schedule.queue_length(length, images, keys)
    assert found == expected
    assert found % keys == 0


def test_regions_are_the_shipped_configs_on_their_grids():
    assert schedule.region_bounds(7) == (3, 5)
    assert schedule.region_bounds(3) == (1, 2)


@pytest.mark.parametrize('grid', range(2, 30))
def test_a_region_leaves_some_of_the_grid(grid):
    low, high = schedule.region_bounds(grid)
    assert 1 <= low <= high < grid


def test_checkpoints_and_lines_are_some_of_any_length():
    assert [schedule.checkpoint_interval(epochs) for epochs in (1, 39, 40, 200)] == [1, 1, 2, 10]
    assert [schedule.log_interval(steps) for steps in (1, 600, 10**6)] == [1, 3, 50]


@pytest.mark.parametrize('iterations', [1, 9, 10, 19, 50, 99, 400, 500, 501, 10**6])
def test_health_is_looked_at_ten_times_and_every_fifty_iterations_at_least(iterations):
    interval = schedule.look_interval(iterations)
    assert 1 <= interval <= 50
    assert iterations // interval >= min(10, iterations)
    assert interval == 50 or iterations // (interval + 1) < 10  # and no more often than that


def test_levels_are_socos_in_proportion_to_the_view():
    assert schedule.level_bounds(224) == (48, 96, 192, 224)
    assert schedule.level_bounds(112) == (24, 48, 96, 112)
    assert schedule.level_bounds(96) == pytest.approx(
        [96 * bound / 224 for bound in (48, 96, 192, 224)], abs=.05)


@pytest.mark.parametrize(('sides', 'least'), [
    ([480] * 3, 96), ([100, 4000, 5000], 96), ([256], 51), ([250, 360, 360], 72), ([2], 1)])
def test_boxes_of_orl_have_96_pixels_or_a_fifth_of_small_images(sides, least):
    assert schedule.least_box_side(sides) == least
