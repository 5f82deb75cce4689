"""RandAugment (Cubuk et al., 2020) with torchvision's operations and scale of magnitudes."""
from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from mmcv.transforms import BaseTransform

from oadp_mm.ops import enhance, warp
from oadp_mm.registry import TRANSFORMS

MAX_MAGNITUDE = 30

Operation = Callable[[np.ndarray, int], np.ndarray]

#: What the operations that move pixels make of an image and a magnitude m in -30..30 of either
#: sign.
WARPS: dict[str, Operation] = {
    'ShearX': lambda image, m: warp.shear(image, x=m * 0.01),
    'ShearY': lambda image, m: warp.shear(image, y=m * 0.01),
    'TranslateX': lambda image, m: warp.translate(image, x=int(m * 5 / 331 * image.shape[1])),
    'TranslateY': lambda image, m: warp.translate(image, y=int(m * 5 / 331 * image.shape[0])),
    'Rotate': lambda image, m: warp.rotate(image, m),
}
#: All, likewise.
OPERATIONS: dict[str, Operation] = {
    'Identity': lambda image, m: image,
    **WARPS,
    'Brightness': lambda image, m: enhance.brightness(image, 1 + m * 0.03),
    'Color': lambda image, m: enhance.saturation(image, 1 + m * 0.03),
    'Contrast': lambda image, m: enhance.contrast(image, 1 + m * 0.03),
    'Sharpness': lambda image, m: enhance.sharpness(image, 1 + m * 0.03),
    'Posterize': lambda image, m: enhance.posterize(image, 8 - round(abs(m) * 4 / 30)),
    'Solarize': lambda image, m: enhance.solarize(image, 255 - abs(m) * 8.5),
    'AutoContrast': lambda image, m: enhance.autocontrast(image),
    'Equalize': lambda image, m: enhance.equalize(image),
}


@TRANSFORMS.register_module()
class RandAugment(BaseTransform):
    """Apply operations drawn uniformly, with repetition; by default all, and of one magnitude.

    Those with a direction, such as a rotation, take either with equal chances. What a warp uncovers
    is black. Changes `img`, uint8 (h, w, 3) in BGR, and `gt_seg_map`, uint8 (h, w), if there is one
    of the same size; removes `window`, which a warp would belie.

    Args:
        num_ops: operations that are drawn for an image, at least 1.
        magnitude: on torchvision's scale, 0..30; or (least, greatest), of which each operation
            draws its own, as CLSA's and FixMatch's do.
        prob: chance of each drawn operation to be applied; theirs is 0.5 (O-5).

    Raises:
        ValueError: an argument out of range.
    """

    def __init__(self, num_ops: int = 2, magnitude: int | Sequence[int] = 9,
                 prob: float = 1.0) -> None:
        if type(num_ops) is not int or num_ops < 1:
            raise ValueError(f'num_ops must be a number of operations above 0, got {num_ops}')
        ends = tuple(magnitude) if isinstance(magnitude, Sequence) else (magnitude, magnitude)
        if (len(ends) != 2 or not all(type(end) is int for end in ends)
                or not 0 <= ends[0] <= ends[1] <= MAX_MAGNITUDE):
            raise ValueError(f'magnitude must be an integer in 0..{MAX_MAGNITUDE}, or two of them '
                             f'in order, got {magnitude}')
        if not 0 <= prob <= 1:
            raise ValueError(f'prob must lie in [0, 1], got {prob}')
        self.num_ops, self.magnitude, self.prob = num_ops, magnitude, prob
        self._least, self._greatest = ends

    def transform(self, results: dict) -> dict:
        results.pop('window', None)
        # The global generator is the one that mmengine seeds in each data worker.
        random, names, count = np.random, list(OPERATIONS), self.num_ops
        drawn = random.randint(len(names), size=count)
        sizes = random.randint(self._least, self._greatest + 1, size=count)
        signed = (1 - 2 * random.randint(2, size=count)) * sizes
        applied = random.random(count) < self.prob
        for index, magnitude in zip(drawn[applied].tolist(), signed[applied].tolist(), strict=True):
            name = names[index]
            results['img'] = OPERATIONS[name](results['img'], magnitude)
            if name in WARPS and 'gt_seg_map' in results:
                results['gt_seg_map'] = WARPS[name](results['gt_seg_map'], magnitude)
        return results

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(num_ops={self.num_ops}, magnitude={self.magnitude}, '
                f'prob={self.prob})')
