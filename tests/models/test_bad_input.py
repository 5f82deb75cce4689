"""A wrong argument is refused where it is given, in one sentence that names it."""
from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from oadp_mm.models import OADP, PatchSelector, PredictiveHead
from oadp_mm.ops.gray import luma
from oadp_mm.ops.information import mutual_information
from oadp_mm.ops.matching import match_patches
from oadp_mm.ops.objectness import patch_scores, select_pool
from tests.models.tiny import GRID, SIDE, build, settings, views

VIEWS_SIDE = 'train_dataloader.dataset.views.crop.size'


@contextmanager
def refused(*words: object, by: type[Exception] = ValueError) -> Iterator[None]:
    """The block raises `by` itself, no subclass, with one line of text that holds all `words`."""
    with pytest.raises(by) as caught:
        yield
    message = str(caught.value)
    assert caught.type is by
    assert '\n' not in message
    assert not re.search(r'\. [A-Z]', message), 'more than one sentence'
    for word in words:
        assert str(word) in message


@pytest.mark.parametrize(('changes', 'words'), [
    # The pool must leave something out: 7 x 7 = 49 small and 6 x 6 = 36 large patches.
    ({'grid': 7, 'k': 36}, ('k=36', '35', 'makes it 24')),
    ({'grid': 7, 'k': 49, 'large_span': 1}, ('k=49', '48')),
    ({'k': 0}, ('k=0',)),
    ({'k': -1}, ('k=-1',)),
    ({'grid': 5, 'k': 24}, ('k=24', '5x5', 'makes it 10')),
    ({'grid': 2, 'k': 1}, ('grid=2', 'span=2')),
    ({'grid': 0}, ('grid=0',)),
    ({'small_span': 0}, ('span=0',)),
    ({'grid': 7, 'large_span': 7, 'k': 1}, ('span=7', 'grid=7')),
    ({'stride': 0}, ('stride=0', 'at least 1')),
    ({'small_span': 3}, ('small_span=3', 'large_span=2')),
    ({'gamma': -0.1}, ('gamma', '-0.1')),
    ({'gamma': float('nan')}, ('gamma', 'nan')),
    ({'gamma': float('inf')}, ('gamma', 'inf')),
    ({'num_bins': 1}, ('num_bins', '2..256', 1)),
    ({'num_bins': 257}, ('num_bins', '2..256', 257)),
    ({'k': 24.0}, ('k must be an integer', 24.0)),
    ({'num_bins': True}, ('num_bins must be an integer', True)),
    ({'matching': 'euclid'}, ("'mutual_information'", "'cosine'", "'euclid'")),
], ids=str)
def test_selector(changes: dict, words: tuple) -> None:
    with refused(*words):
        PatchSelector(**changes)


@pytest.mark.parametrize('k', [1, 35])
def test_the_largest_and_smallest_pools_are_accepted(k: int) -> None:
    assert PatchSelector(grid=7, k=k).k == k


@pytest.mark.parametrize(('changes', 'words'), [
    ({'loss_weights': {'global': -1.0}}, ('loss_weights', -1.0)),
    ({'loss_weights': {'global': 0, 'local': 0, 'gl': 0}}, ('loss_weights', 'all 0')),
    ({'loss_weights': {}}, ('loss_weights',)),
    ({'loss_weights': {'gl': float('nan')}}, ('loss_weights', 'nan')),
    ({'loss_weights': {'dense': 1.0}}, ('loss_weights', 'global', 'dense')),
    ({'layers': ('layer1', 'layer5')}, ('layer4', 'layer5')),
    ({'layers': ('layer4', 'layer4')}, ('once', 'layer4')),
    ({'layers': ()}, ('layers',)),
    ({'global_feature': 'mean'}, ('global_feature', "'gc'", "'gf'", "'mean'")),
    ({'gl_mode': 'max'}, ('gl_mode', "'patch'", "'mean'", "'max'")),
    ({'loss_weights': {'gl': 1.0}, 'layers': ('layer1', 'layer3')}, ('layer4', 'untrained')),
    ({'loss_weights': {'global': 1.0}, 'global_feature': 'gf'}, ('layer4', 'untrained')),
    ({'ema_decay': 1.01}, ('ema_decay', '[0, 1]', 1.01)),
    ({'ema_decay': -0.5}, ('ema_decay', '[0, 1]', -0.5)),
    ({'ema_decay': float('nan')}, ('ema_decay', 'nan')),
    ({'selector': {'k': 9}}, ('k=9',)),
    ({'head': {'loss': 'l1'}}, ("'cosine'", "'mse'", "'l1'")),
], ids=str)
def test_algorithm(changes: dict, words: tuple) -> None:
    with refused(*words):
        OADP(**settings(**changes))


@pytest.mark.parametrize('width', ['in_channels', 'hidden_channels', 'out_channels'])
def test_head_widths(width: str) -> None:
    with refused('at least 1', '0'):
        PredictiveHead(**{'in_channels': 8, width: 0})


def loss(selector: dict, height: int, width: int | None = None) -> dict:
    """Of views of this size, where 32 pixels are a position of the last map."""
    inputs, gray = ([view[..., :height, :width or height] for view in kind] for kind in views())
    return build(selector=selector).loss(inputs, gray=gray)


@pytest.mark.parametrize(('selector', 'side', 'words'), [
    ({'grid': GRID}, SIDE - 2, (f'{SIDE - 2}x{SIDE - 2}', f'{GRID}x{GRID}',
                                f'--cfg-options {VIEWS_SIDE}={SIDE}')),
    # 96 / 32 = 3 positions cannot be shared by 4 cells, though 96 pixels can.
    ({'grid': GRID}, 96, ('map of 3x3', f'{GRID}x{GRID}',
                          '--cfg-options model.selector.grid=None model.selector.k=None',
                          f'{VIEWS_SIDE}={SIDE}')),
    ({}, 100, ('100x100', 'no multiple of 32', f'--cfg-options {VIEWS_SIDE}=96')),
    ({}, 114, ('114x114', 'no multiple of 32', f'--cfg-options {VIEWS_SIDE}=128')),
    ({}, 64, ('64x64', 'smaller than 3x3 cells of 32', f'--cfg-options {VIEWS_SIDE}=96')),
    ({'large_span': 3}, 96, ('96x96', 'smaller than 4x4', f'--cfg-options {VIEWS_SIDE}=128')),
    ({'k': 4}, 96, ('k=4 is not in 1..3', '3x3', '--cfg-options model.selector.k=None', 'it 2')),
    ({'stride': 16}, 96, ('map of 3x3', '6x6', 'model.selector.stride')),
], ids=str)
def test_views_that_a_selector_cannot_use(selector: dict, side: int, words: tuple) -> None:
    with refused(*words):
        loss({'grid': None, 'k': None, **selector}, side)


def test_views_that_are_no_squares() -> None:
    with refused('128x96', 'are not square', f'--cfg-options {VIEWS_SIDE}=96'):
        loss({'grid': None, 'k': None}, 128, 96)


@pytest.mark.parametrize('side', [96, 128])
def test_the_views_size_is_all_that_need_be_set(side: int) -> None:
    assert all(each.isfinite() for each in loss({'grid': None, 'k': None}, side).values())


def test_views_of_two_sizes() -> None:
    _, gray = views()
    with refused('[(96, 96), (128, 128)]', '[3, 4]', 'one size'):
        PatchSelector()([gray[0][:, :96, :96], gray[1]])


GRAY = torch.zeros(2, 56, 56, dtype=torch.uint8)
INDEX = torch.zeros(2, 3, dtype=torch.int64)


@pytest.mark.usefixtures('unchecked')
class TestFunctions:
    """The pure functions with their shape checks off, as users meet them."""

    @pytest.mark.parametrize('dtype', [torch.float32, torch.int64, torch.int8, torch.bool])
    def test_gray_levels_of_another_type(self, dtype: torch.dtype) -> None:
        with refused('uint8', dtype, by=TypeError):
            patch_scores(GRAY.to(dtype))
        with refused('uint8', dtype, by=TypeError):
            match_patches(GRAY.to(dtype), GRAY, INDEX, INDEX)
        with refused('uint8', dtype, by=TypeError):
            match_patches(GRAY, GRAY.to(dtype), INDEX, INDEX)

    @pytest.mark.parametrize('gray', [GRAY[0], GRAY[:, None], GRAY[:0], GRAY[:, :0]],
                             ids=['no batch', 'channel', 'empty batch', 'empty image'])
    def test_gray_levels_of_another_shape(self, gray: torch.Tensor) -> None:
        with refused('(b, h, w)', tuple(gray.shape)):
            patch_scores(gray)

    @pytest.mark.parametrize(('height', 'width'), [(56, 55), (55, 56)])
    def test_sides_that_the_grid_does_not_divide(self, height: int, width: int) -> None:
        with refused(f'{height}x{width}', '7x7'):
            patch_scores(GRAY[:, :height, :width])

    @pytest.mark.parametrize('span', [0, 7, -1])
    def test_spans(self, span: int) -> None:
        with refused(f'span={span}', 'grid=7'):
            patch_scores(GRAY, span=span)

    @pytest.mark.parametrize('k', [0, 50])
    def test_pool_sizes(self, k: int) -> None:
        with refused(f'k={k}', 49):
            select_pool(torch.zeros(2, 49, dtype=torch.float64), k)

    @pytest.mark.parametrize('bins', [1, 257])
    def test_bins(self, bins: int) -> None:
        with refused('2..256', bins):
            match_patches(GRAY, GRAY, INDEX, INDEX, bins=bins)

    def test_patches_to_compare(self) -> None:
        x = torch.zeros(2, 3, 16, dtype=torch.uint8)
        with refused('uint8', 'float32', by=TypeError):
            mutual_information(x.float(), x)
        for y in (x[:1], x[..., :15], x[0], x[:, :0]):
            with refused(tuple(x.shape), tuple(y.shape)):
                mutual_information(x, y)

    def test_pictures(self) -> None:
        with refused('uint8', 'float32', by=TypeError):
            luma(torch.zeros(2, 3, 8, 8))
        for channels in (1, 4):
            with refused('(b, 3, h, w)', (2, channels, 8, 8)):
                luma(torch.zeros(2, channels, 8, 8, dtype=torch.uint8))
        with refused('(b, 3, h, w)', (3, 8, 8)):
            luma(torch.zeros(3, 8, 8, dtype=torch.uint8))
