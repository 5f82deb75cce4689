"""The map of a whole image, which boxes and masks follow.

Protocol: the shorter side of an image becomes `size` pixels and the longer the nearest multiple of
the map's stride, so that nothing is cut off or padded; the grid of cells spans the image.
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from oadp_mm.datasets.decoding import SixteenBit
from oadp_mm.datasets.image_files import read_image

View = Literal['whole', 'square']

_SIDE = 224  # a multiple of every usual stride


def choose_layer(backbone: nn.Module, layer: int) -> Callable[[Tensor], Tensor]:
    """A function from normalised images to the map (b, c, h, w) of one layer, in evaluation mode.

    Args:
        backbone: a ResNet or a vision transformer, any of whose layers can be had, or another that
            returns maps, from which one is taken.
        layer: its number, from 0 or, negative, from the end. A transformer's are its blocks, whose
            tokens become a map; the class token is left out.

    Raises:
        ValueError: there is no such layer, or what it returns is no map.
    """
    backbone.eval()
    depth = len(getattr(backbone, 'res_layers', getattr(backbone, 'layers', ())))
    chosen = layer
    if depth and hasattr(backbone, 'out_indices'):
        if not -depth <= layer < depth:
            raise ValueError(f'there is no layer {layer}: this {type(backbone).__name__} has '
                             f'{depth}, give --layer from {-depth} to {depth - 1}')
        setattr(backbone, 'out_indices', [layer % depth])  # noqa: B010 (a module has no such type)
        chosen = -1
    if hasattr(backbone, 'out_type'):
        setattr(backbone, 'out_type', 'featmap')  # noqa: B010

    @torch.inference_mode()
    def maps(images: Tensor) -> Tensor:
        returned = backbone(images)
        returned = returned if isinstance(returned, (tuple, list)) else (returned,)
        if not -len(returned) <= chosen < len(returned):
            raise ValueError(f'there is no layer {layer}: this {type(backbone).__name__} returns '
                             f'{len(returned)}, give --layer from {-len(returned)} to '
                             f'{len(returned) - 1}')
        if returned[chosen].ndim != 4:
            raise ValueError('the probes read a map (b, c, h, w), but the backbone returned '
                             f'{tuple(returned[chosen].shape)}: have it return maps')
        return returned[chosen].float()

    return maps


def stride_of(maps: Callable[[Tensor], Tensor], name: str) -> int:
    """Pixels of the image a cell of the map.

    Raises:
        ValueError: the network does not take images of three channels.
    """
    try:
        rows = maps(torch.zeros(1, 3, _SIDE, _SIDE)).shape[2]
    except RuntimeError as error:
        raise ValueError(f'{name} does not take images of 3 channels ({str(error).splitlines()[0]})'
                         ': give a backbone that was trained on colour images') from error
    return max(1, _SIDE // rows)


def check_size(size: int, stride: int, name: str) -> None:
    """Refuse a size that the stride of a network's map does not divide."""
    if size % stride or size < stride:
        below = max(stride, size // stride * stride)
        raise ValueError(f'--size {size} is no multiple of {stride}, the stride of the map of '
                         f'{name}: give {below} or {below + stride}')


def resized(path: Path, size: int, stride: int, sixteen_bit: SixteenBit = 'range') -> Tensor:
    """An image file, uint8 (3, h, w), BGR, of the protocol's size.

    Raises:
        UnreadableImage: the file is missing or holds no whole image.
    """
    pixels = read_image(path, min_side=size, sixteen_bit=sixteen_bit)
    height, width = sides(pixels.shape[:2], size, stride)
    kernel = cv2.INTER_AREA if size < min(pixels.shape[:2]) else cv2.INTER_LINEAR
    pixels = cv2.resize(pixels, (width, height), interpolation=kernel)
    return torch.from_numpy(pixels.transpose(2, 0, 1).copy())


def seen(path: Path, size: int, stride: int, sixteen_bit: SixteenBit = 'range',
         view: View = 'whole') -> Tensor:
    """An image file as a network sees all of it, uint8 (3, h, w), BGR.

    Args:
        path: of the file.
        size: see `view`.
        stride: of the map.
        sixteen_bit: see `decode_image`.
        view: `'whole'` is the protocol's, see `resized`; `'square'` squeezes the image into one of
            `size` pixels, after its shorter side became 256/224 of that, as the codes that measure
            VOC07 by linear SVMs do (by Pillow, as there).

    Raises:
        UnreadableImage: the file is missing or holds no whole image.
    """
    if view == 'whole':
        return resized(path, size, stride, sixteen_bit)
    pixels = read_image(path, sixteen_bit=sixteen_bit)
    image, short = Image.fromarray(pixels), round(size * 256 / 224)
    scale = short / min(image.size)
    width, height = (max(short, int(side * scale)) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    image = image.resize((size, size), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.array(image).transpose(2, 0, 1).copy())


def sides(shape: tuple[int, int], size: int, stride: int) -> tuple[int, int]:
    """(height, width) of the protocol for an image of this height and width."""
    scale = size / min(shape)
    height, width = (max(size, round(side * scale / stride) * stride) for side in shape)
    return height, width


def scaled(corners: np.ndarray, shape: tuple[int, int], new: tuple[int, int]) -> Tensor:
    """Boxes (n, 4) of an image in the pixels of its resized self."""
    scale = np.array([new[1] / shape[1], new[0] / shape[0]] * 2)
    return torch.from_numpy((corners * scale).astype(np.float32))
