from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from oadp_mm.datasets.decoding import UnreadableImage, decode_image


def photo(channels=3, dtype=np.uint8, size=(24, 31), seed=0):
    shape = (*size, channels) if channels > 1 else size
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, shape, dtype=dtype)


def encode(pixels, extension='.png'):
    return cv2.imencode(extension, pixels)[1].tobytes()


@pytest.mark.parametrize('extension', ['.png', '.bmp', '.tiff', '.ppm'])
def test_lossless_files_come_back_as_bgr(extension):
    bgr = photo()
    np.testing.assert_array_equal(decode_image(encode(bgr, extension)), bgr)


def test_gray_becomes_three_equal_channels():
    gray = photo(1)
    np.testing.assert_array_equal(decode_image(encode(gray)), np.dstack([gray] * 3))


def test_alpha_is_dropped():
    bgra = photo(4)
    np.testing.assert_array_equal(decode_image(encode(bgra)), bgra[..., :3])


def test_a_palette_is_looked_up():
    palette = photo(3, size=(1, 256))[0]
    index = photo(1)
    image = Image.fromarray(index, 'P')
    image.putpalette(palette.tobytes())
    buffer = io.BytesIO()
    image.save(buffer, 'PNG')
    np.testing.assert_array_equal(decode_image(buffer.getvalue()), palette[index][..., ::-1])


def test_an_orientation_tag_turns_the_image():
    image = Image.fromarray(photo(1))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    buffer = io.BytesIO()
    image.save(buffer, 'PNG', exif=exif)
    expected = np.rot90(photo(1), -1)
    np.testing.assert_array_equal(decode_image(buffer.getvalue())[..., 0], expected)


@pytest.mark.parametrize(('min_side', 'factor'), [
    (None, 1), (49, 1), (48, 2), (25, 2), (24, 4), (12, 8), (1, 8)])
def test_a_jpeg_is_decoded_no_larger_than_needed(min_side, factor):
    """96x128: the shorter side is 48, 24 and 12 at the decoder's fractions."""
    smooth = cv2.resize(photo(size=(6, 8)), (128, 96), interpolation=cv2.INTER_CUBIC)
    data = encode(smooth, '.jpg')
    pixels = decode_image(data, min_side=min_side)
    assert pixels.shape == (96 // factor, 128 // factor, 3)
    # The same picture: what averaging the whole one gives.
    averaged = cv2.resize(smooth, pixels.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(pixels.astype(int) - averaged).mean() < 4


def test_other_formats_are_decoded_whole():
    assert decode_image(encode(photo(size=(64, 64))), min_side=8).shape == (64, 64, 3)


def test_a_damaged_jpeg_is_refused_with_a_least_side_too():
    data = encode(photo(size=(64, 64)), '.jpg')
    for damaged in (data[:2], data[:100], data[:len(data) // 2]):
        with pytest.raises(UnreadableImage):
            decode_image(damaged, min_side=8)


def test_a_turned_jpeg_is_turned_at_any_size():
    image = Image.fromarray(np.repeat(np.repeat(photo(1, size=(4, 6)), 16, 0), 16, 1))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', exif=exif)
    assert decode_image(buffer.getvalue(), min_side=32).shape == (48, 32, 3)


@pytest.mark.parametrize('channels', [1, 3, 4])
def test_the_range_of_sixteen_bits_maps_to_their_high_byte(channels):
    deep = photo(channels, np.uint16)
    expected = deep // 256
    expected = expected[..., :3] if channels > 1 else np.dstack([expected] * 3)
    np.testing.assert_array_equal(decode_image(encode(deep)), expected)


def test_minmax_stretches_what_the_image_uses():
    deep = photo(1, np.uint16) // 16 + 300  # a twelve-bit sensor
    low, high = int(deep.min()), int(deep.max())
    expected = np.rint((deep - float(low)) * 255 / (high - low))
    got = decode_image(encode(deep), sixteen_bit='minmax')[..., 0].astype(int)
    np.testing.assert_array_equal(got, expected)
    assert (got.min(), got.max()) == (0, 255)


def test_minmax_of_one_value_is_black():
    assert not decode_image(encode(np.full((4, 4), 777, np.uint16)), sixteen_bit='minmax').any()


def test_one_pixel_is_an_image():
    np.testing.assert_array_equal(decode_image(encode(photo(size=(1, 1)))), photo(size=(1, 1)))


def jpeg(**options):
    buffer = io.BytesIO()
    Image.fromarray(photo(size=(200, 160))).save(buffer, 'JPEG', **options)
    return buffer.getvalue()


def with_thumbnail(data):
    """A JPEG with a whole JPEG inside its EXIF segment, as cameras write it."""
    inner = b'Exif\0\0' + jpeg(quality=10)
    return data[:2] + b'\xff\xe1' + struct.pack('>H', len(inner) + 2) + inner + data[2:]


@pytest.mark.parametrize('whole', [jpeg(), jpeg(progressive=True), with_thumbnail(jpeg())],
                         ids=['baseline', 'progressive', 'thumbnail'])
@pytest.mark.parametrize('kept', [0.999, 0.9, 0.6])
def test_a_truncated_jpeg_is_refused_even_if_opencv_would_pad_it(whole, kept, monkeypatch):
    reference = np.asarray(Image.open(io.BytesIO(whole)))[..., ::-1]
    assert np.abs(decode_image(whole).astype(int) - reference).mean() < 2
    padded = np.zeros_like(reference)  # what many releases of OpenCV return, without a word
    monkeypatch.setattr(cv2, 'imdecode', lambda *_: padded)
    with pytest.raises(UnreadableImage, match='it is truncated'):
        decode_image(whole[:int(len(whole) * kept)])


def test_a_whole_jpeg_with_a_trailer_that_looks_like_a_scan_is_read():
    np.testing.assert_array_equal(decode_image(jpeg() + b'\xff\xda trailer'), decode_image(jpeg()))


def test_a_truncated_png_is_refused():
    data = encode(photo(size=(64, 64)))
    for kept in (len(data) // 2, 60):
        with pytest.raises(UnreadableImage, match='it is truncated'):
            decode_image(data[:kept])


@pytest.mark.parametrize(('data', 'message'), [
    (b'', 'the file is empty'),
    (b'a page that says not found', 'it is not an image'),
    (encode(photo(size=(64, 64)), '.webp')[:500], 'it is not an image'),
    (encode(photo().astype(np.float32), '.tiff'), 'its pixels are float32'),
])
def test_what_is_no_8_or_16_bit_image_is_refused(data, message):
    with pytest.raises(UnreadableImage, match=message):
        decode_image(data)


def test_a_header_that_promises_too_many_pixels_is_refused():
    body = struct.pack('>IIBBBBB', 10**6, 10**6, 8, 2, 0, 0, 0)
    header = b'IHDR' + body
    data = (b'\x89PNG\r\n\x1a\n' + struct.pack('>I', len(body)) + header
            + struct.pack('>I', zlib.crc32(header)) + b'\0\0\0\0IEND\xaeB`\x82')
    with pytest.raises(UnreadableImage):
        decode_image(data)


def test_an_unknown_rule_for_sixteen_bits_is_refused():
    with pytest.raises(ValueError, match="must be 'range' or 'minmax', got 'clip'"):
        decode_image(encode(photo()), sixteen_bit='clip')
