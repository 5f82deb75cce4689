from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from benchmarks.peak_memory import PeakMemory
from oadp_mm.ops import information
from oadp_mm.ops.information import mutual_information
from tests.ops.layouts import LAYOUTS
from tests.oracles import images
from tests.oracles import matching as oracle
from tests.oracles.objectness import patches


def bits(x: np.ndarray, y: np.ndarray, **options) -> np.ndarray:
    """Rows of grey values (i, n), (j, n) -> (i, j)."""
    table = mutual_information(torch.from_numpy(x)[None], torch.from_numpy(y)[None], **options)
    return table[0].double().numpy()


def rows_of(view: np.ndarray, span: int) -> np.ndarray:
    return np.stack([patch.ravel() for patch in patches(view, 7, span)[:9]])


@pytest.mark.parametrize('num_bins', [256, 64, 32, 7, 2])
@pytest.mark.parametrize('name', [*images.PHOTOS, 'noise'])
def test_bits_are_scikit_learns(name: str, num_bins: int) -> None:
    view = images.noise(112, seed=4) if name == 'noise' else images.gray_photo(name, 112)
    x, y = rows_of(view, 1), rows_of(view[::-1].copy(), 1)
    expected = [[oracle.mutual_information(a, b, num_bins) for b in y] for a in x]
    np.testing.assert_allclose(bits(x, y, bins=num_bins), expected, rtol=0, atol=1e-9)


def test_a_patch_tells_its_own_entropy_about_itself() -> None:
    from skimage.measure import shannon_entropy

    rows = rows_of(images.gray_photo('coffee', 112), 2)
    expected = [shannon_entropy(row, base=2) for row in rows]
    np.testing.assert_allclose(np.diag(bits(rows, rows)), expected, rtol=0, atol=1e-9)


def test_independent_levels_tell_nothing() -> None:
    """Every pair of 16 x 16 levels exactly once: the joint distribution is the product."""
    a, b = (axis.ravel().astype(np.uint8) for axis in np.indices((16, 16)))
    assert abs(bits(a[None], b[None])[0, 0]) < 1e-9


def test_recolouring_one_patch_changes_nothing() -> None:
    """Mutual information knows which pixels are alike, not their values."""
    rng = np.random.default_rng(5)
    rows = rows_of(images.gray_photo('chelsea', 112), 1)
    recoloured = rng.permutation(256).astype(np.uint8)[rows]
    np.testing.assert_allclose(bits(rows, recoloured), bits(rows, rows), rtol=0, atol=1e-9)


def test_bins_are_equal_shares_of_the_grey_axis() -> None:
    """g * bins // 256: with 2 bins 127 | 128 is the border, so the row halves are told apart."""
    x = np.array([[0, 127, 128, 255]], np.uint8)
    y = np.array([[10, 10, 20, 20], [10, 20, 10, 20]], np.uint8)
    np.testing.assert_allclose(bits(x, y, bins=2), [[0, 0]], atol=1e-12)
    wide = np.array([[10, 10, 200, 200], [10, 200, 10, 200]], np.uint8)
    np.testing.assert_allclose(bits(x, wide, bins=2), [[1, 0]], atol=1e-12)


def test_rows_and_columns_of_the_table() -> None:
    """i counts the first argument, j the second; a swap shows where their numbers differ."""
    x = rows_of(images.gray_photo('rocket', 112), 1)[:3]
    y = rows_of(images.gray_photo('astronaut', 112), 1)[:5]
    table = bits(x, y)
    assert table.shape == (3, 5)
    np.testing.assert_allclose(bits(y, x), table.T, rtol=0, atol=1e-12)


def test_images_of_a_batch_do_not_mix() -> None:
    x = torch.randint(0, 256, (3, 4, 100), dtype=torch.uint8)
    y = torch.randint(0, 256, (3, 5, 100), dtype=torch.uint8)
    together = mutual_information(x, y)
    for image in range(3):
        alone = mutual_information(x[image:image + 1], y[image:image + 1])
        assert torch.equal(alone[0], together[image])


def test_pixel_order_does_not_matter() -> None:
    rng = np.random.default_rng(6)
    rows = rows_of(images.gray_photo('coffee', 112), 1)
    order = rng.permutation(rows.shape[1])
    np.testing.assert_allclose(
        bits(rows[:, order], rows[::-1][:, order].copy()), bits(rows, rows[::-1].copy()),
        rtol=0, atol=1e-12,
    )


def test_a_flat_patch_of_many_pixels_tells_nothing() -> None:
    """One counter takes them all, more than 16 bits hold."""
    flat = torch.full((1, 1, (1 << 16) + 3), 9, dtype=torch.uint8)
    assert mutual_information(flat, flat).item() == 0


@pytest.mark.parametrize('device', ['cpu', *['cuda'] * torch.cuda.is_available()])
@pytest.mark.parametrize('bins', [256, 32])
def test_all_ways_of_counting_agree_to_the_last_bit(
    bins: int, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiled loop, a GPU's kernel and chunks of scatter_add: integers, so nothing rounds."""
    n = 256  # a power of two, so that no device rounds the division by n either
    x = torch.randint(0, 256, (3, 4, n), dtype=torch.uint8)
    y = torch.randint(0, 256, (3, 5, n), dtype=torch.uint8)
    compiled = mutual_information(x, y, bins=bins)
    x, y = x.to(device), y.to(device)
    assert torch.equal(mutual_information(x, y, bins=bins).cpu(), compiled)
    monkeypatch.setattr(information, '_counter', lambda device: information._joint_sums)
    # Chunks of seven of the sixty pairs: across rows and images, and a shorter last one.
    monkeypatch.setattr(information, '_CHUNK_BYTES', 7 * (12 * bins**2 + 10 * n))
    assert torch.equal(mutual_information(x, y, bins=bins).cpu(), compiled)


@pytest.mark.parametrize('counter', [information._joint_sums_cpu, information._joint_sums])
@pytest.mark.parametrize('bins', [256, 32])
@pytest.mark.parametrize('name', LAYOUTS)
def test_memory_layout_does_not_matter(
    name: str, bins: int, counter: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(information, '_counter', lambda device: counter)
    x = torch.randint(0, 256, (3, 4, 50), dtype=torch.uint8)
    y = torch.randint(0, 256, (3, 5, 50), dtype=torch.uint8)
    expected = mutual_information(x, y, bins=bins)
    strided = LAYOUTS[name](x), LAYOUTS[name](y)
    for levels, same in zip(strided, (x, y), strict=True):
        assert not levels.is_contiguous()
        assert torch.equal(levels, same)
    assert torch.equal(mutual_information(*strided, bins=bins), expected)
    assert torch.equal(mutual_information(strided[0], y, bins=bins), expected)
    for levels, same in zip(strided, (x, y), strict=True):
        assert torch.equal(levels, same)  # binning leaves the caller's levels alone


@pytest.mark.parametrize('counter', [information._joint_sums_cpu, information._joint_sums])
def test_a_patch_repeated_without_a_copy(
    counter: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(information, '_counter', lambda device: counter)
    row = torch.randint(0, 256, (1, 1, 50), dtype=torch.uint8)
    for bins in (256, 7):
        expected = mutual_information(row, row, bins=bins).expand(2, 3, 3)
        assert torch.equal(mutual_information(*[row.expand(2, 3, 50)] * 2, bins=bins), expected)


@pytest.mark.parametrize('dtype', [torch.float32, torch.int64, torch.int8, torch.bool])
def test_only_bytes_are_gray_levels(dtype: torch.dtype) -> None:
    """Levels of another type may lie outside 0..255, where the counters end."""
    rows = torch.zeros(2, 3, 16, dtype=torch.uint8)
    for x, y in ((rows.to(dtype), rows), (rows, rows.to(dtype))):
        with pytest.raises(TypeError, match=f'must be uint8, got {x.dtype} and {y.dtype}$'):
            mutual_information(x, y)


@pytest.mark.parametrize('bins', [-1, 0, 1, 257, 1 << 16])
def test_bins_out_of_range(bins: int) -> None:
    rows = torch.zeros(2, 3, 16, dtype=torch.uint8)
    with pytest.raises(ValueError, match=rf'bins must lie in 2\.\.256, got {bins}$'):
        mutual_information(rows, rows, bins=bins)


@pytest.mark.parametrize('empty', [0, 1, 2])
def test_nothing_to_compare(empty: int) -> None:
    """No image, no patch, no pixel."""
    shape = [2, 3, 16]
    shape[empty] = 0
    rows = torch.zeros(shape, dtype=torch.uint8)
    with pytest.raises(ValueError, match=r'^expected non-empty patches .* got \(.*0.*\)$'):
        mutual_information(rows, rows)


@pytest.mark.parametrize(('device', 'triton', 'expected'), [
    ('cpu', True, '_joint_sums_cpu'), ('cuda', True, 'joint_sums'),
    ('cuda', False, '_joint_sums'), ('mps', True, '_joint_sums'),
])
def test_each_device_has_its_way(
    device: str, triton: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(information, '_has_triton', lambda: triton)
    assert information._counter(torch.device(device)).__name__ == expected


def test_a_triton_that_cannot_launch_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'triton.runtime', None)  # importing it raises ImportError
    with pytest.warns(UserWarning, match=r'cannot be launched .* triton\.runtime'):
        assert information._has_triton.__wrapped__() is False


@pytest.mark.parametrize(('batch', 'i', 'j', 'n', 'bins'), [
    (256, 24, 24, 4096, 256), (256, 24, 24, 4096, 7), (8, 24, 512, 4096, 256),
    (1, 1, 1, 1 << 20, 256),
])
def test_counting_in_chunks_takes_less_than_a_gibibyte(
    batch: int, i: int, j: int, n: int, bins: int
) -> None:
    """A GPU's batch; small histograms, where pixels weigh more; a wide pool; a megapixel."""
    with PeakMemory() as memory:
        x, y = (torch.empty(batch, rows, n, dtype=torch.uint8, device='meta') for rows in (i, j))
        table = mutual_information(x, y, bins=bins)
    assert table.shape == (batch, i, j)
    assert x.nbytes + y.nbytes < memory.peak < 1 << 30
