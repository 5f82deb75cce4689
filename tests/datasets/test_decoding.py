from __future__ import annotations

import io
import re
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile  # scikit-image brings it
from PIL import Image, ImageOps, features

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


@pytest.mark.parametrize('orientation', range(1, 9))
@pytest.mark.parametrize(('kind', 'options'), [
    ('JPEG', {'quality': 100, 'subsampling': 0}), ('PNG', {}), ('TIFF', {}),
    ('WEBP', {'lossless': True}), ('AVIF', {'quality': 100, 'subsampling': '4:4:4'})])
def test_an_orientation_tag_turns_the_image_as_pillow_does(kind, options, orientation):
    if kind == 'AVIF' and not features.check('avif'):
        pytest.skip('this Pillow reads no AVIF')
    image = Image.fromarray(np.kron(photo(size=(6, 8)), np.ones((8, 8, 1), np.uint8)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif, **options)
    reference = np.asarray(ImageOps.exif_transpose(Image.open(buffer)).convert('RGB'))[..., ::-1]
    pixels = decode_image(buffer.getvalue())
    assert pixels.shape == ((64, 48, 3) if orientation > 4 else (48, 64, 3))
    # Decoders round differently; another orientation would set them apart by a third of the range.
    assert np.abs(pixels.astype(int) - reference).mean() < 3


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


def test_sixteen_bits_stay_if_no_rule_is_given():
    deep = photo(3, np.uint16)
    np.testing.assert_array_equal(decode_image(encode(deep), sixteen_bit=None), deep)
    assert decode_image(encode(photo()), sixteen_bit=None).dtype == np.uint8


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


def tiff(pixels, **options):
    """As scientists' programs write it: any bands, any type."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(('data', 'message'), [
    (b'', 'the file is empty'),
    (b'a page that says not found', 'it is not an image'),
    (encode(photo(size=(64, 64)), '.webp')[:500], 'it is damaged'),
    (b'\0\0\0\x18ftypheic' + bytes(16), "it is of the kind 'heic', which is not read: convert"),
    (encode(photo().astype(np.float32), '.hdr'), 'its pixels are float32: a kind'),
    (tiff(photo().astype(np.float32)), 'its pixels are 32-bit floats: a kind that is not read'),
    (tiff(photo(1).astype(np.uint32)), 'its pixels are 32-bit unsigned integers: a kind that'),
    (tiff(photo(1).astype(np.int16)), 'its pixels are 16-bit signed integers: a kind that'),
    (tiff(photo(12), planarconfig='contig'), 'its pixels have 12 bands: a kind that is not read'),
])
def test_what_is_no_8_or_16_bit_image_is_refused(data, message):
    with pytest.raises(UnreadableImage, match=message):
        decode_image(data)


def test_bands_in_planes_and_large_offsets_are_read():
    rgb = photo()
    planes = rgb.transpose(2, 0, 1)
    for data in (tiff(planes, planarconfig='separate', photometric='rgb'),
                 tiff(rgb, photometric='rgb', bigtiff=True)):
        np.testing.assert_array_equal(decode_image(data), rgb[..., ::-1])


@pytest.mark.parametrize('kind', ['GIF', 'TGA', 'PCX'])
def test_what_opencv_does_not_know_pillow_decodes(kind, monkeypatch):
    image = Image.fromarray(photo()).quantize(16)
    buffer = io.BytesIO()
    image.save(buffer, kind)
    monkeypatch.setattr(cv2, 'imdecode', lambda *_: None)  # GIF and AVIF are new in OpenCV
    np.testing.assert_array_equal(decode_image(buffer.getvalue()),
                                  np.asarray(image.convert('RGB'))[..., ::-1])


def test_ten_bits_of_an_avif_become_eight():
    gray = np.repeat(np.linspace(0, 1023, 64).astype(np.uint16)[None], 48, 0)
    try:
        data = cv2.imencode('.avif', np.dstack([gray] * 3), [cv2.IMWRITE_AVIF_DEPTH, 10])[1]
    except (AttributeError, cv2.error):
        pytest.skip('this OpenCV writes no AVIF')
    pixels = decode_image(data.tobytes())
    assert pixels.dtype == np.uint8
    assert np.abs(pixels[..., 0].astype(int) - gray // 4).max() < 8


def pixels_of(header, **options):
    """How many pixels an image is found to have, by a limit of none."""
    with pytest.raises(UnreadableImage, match=r'it has \d+ x \d+ pixels, more') as error:
        decode_image(header, max_pixels=0, **options)
    width, height = re.findall(r'\d+', str(error.value))[:2]
    return int(width), int(height)


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'TIFF', 'WEBP', 'GIF', 'BMP', 'PPM', 'JPEG2000'])
def test_the_size_is_known_before_memory_is_asked_for(kind, monkeypatch):
    buffer = io.BytesIO()
    Image.fromarray(photo(size=(24, 40))).save(buffer, kind)
    monkeypatch.setattr(cv2, 'imdecode', None)
    assert pixels_of(buffer.getvalue()) == (40, 24)


@pytest.mark.parametrize(('options', 'held'), [({}, 400 * 320 // 64),
                                               ({'progressive': True}, 400 * 320)])
def test_the_limit_counts_what_a_fraction_of_a_jpeg_holds(options, held):
    """A progressive one is held whole whatever its fraction."""
    buffer = io.BytesIO()
    Image.fromarray(photo(size=(320, 400))).save(buffer, 'JPEG', **options)
    pixels = decode_image(buffer.getvalue(), min_side=40, max_pixels=held)
    assert pixels.shape == (40, 50, 3)
    with pytest.raises(UnreadableImage, match=f'400 x 320 pixels, more than max_pixels={held - 1}'):
        decode_image(buffer.getvalue(), min_side=40, max_pixels=held - 1)


def test_a_header_that_promises_too_many_pixels_is_refused():
    body = struct.pack('>IIBBBBB', 10**6, 10**6, 8, 2, 0, 0, 0)
    header = b'IHDR' + body
    data = (b'\x89PNG\r\n\x1a\n' + struct.pack('>I', len(body)) + header
            + struct.pack('>I', zlib.crc32(header)) + b'\0\0\0\0IEND\xaeB`\x82')
    with pytest.raises(UnreadableImage, match='it has 1000000 x 1000000 pixels, more than'):
        decode_image(data)


def test_an_unknown_rule_for_sixteen_bits_is_refused():
    with pytest.raises(ValueError, match="must be 'range' or 'minmax', got 'clip'"):
        decode_image(encode(photo()), sixteen_bit='clip')


@pytest.mark.parametrize('kind', ['BMP', 'GIF', 'JPEG2000', 'TIFF'])
def test_nothing_is_written_beside_the_reason(kind, capfd, recwarn):
    buffer = io.BytesIO()
    Image.fromarray(photo(size=(64, 64))).save(buffer, kind)
    level = cv2.getLogLevel()
    with pytest.raises(UnreadableImage):
        decode_image(buffer.getvalue()[:len(buffer.getvalue()) // 2])
    assert capfd.readouterr() == ('', '')
    assert not len(recwarn)
    assert cv2.getLogLevel() == level


def test_the_limit_that_is_advised_lets_an_image_in():
    buffer = io.BytesIO()
    Image.fromarray(photo(size=(24, 40))).save(buffer, 'PNG')
    with pytest.raises(UnreadableImage, match=r'--cfg-options train_dataloader\.dataset\.dataset\.'
                                              r'pipeline\.0\.max_pixels=960$') as error:
        decode_image(buffer.getvalue(), max_pixels=959)
    enough = int(str(error.value).rpartition('=')[2])
    assert decode_image(buffer.getvalue(), max_pixels=enough).shape == (24, 40, 3)
