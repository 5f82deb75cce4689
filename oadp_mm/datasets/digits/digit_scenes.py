"""`DigitScenes`: an endless supply of multi-object images that needs no file and no download."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mmengine.dataset import BaseDataset, force_full_init

from oadp_mm.datasets.digits.composer import compose_scene
from oadp_mm.datasets.digits.sources import CLASSES, SPLITS, load_sources
from oadp_mm.datasets.scenes.scene import Scene
from oadp_mm.registry import DATASETS

SMALLEST_SIDE = 32  # below, the smallest digits fall under 5 pixels
MOST_OBJECTS = 50


@DATASETS.register_module()
class DigitScenes(BaseDataset):
    """Scenes of handwritten digits on photos, composed when they are asked for.

    A scene depends on (seed, split, its number) alone: not on workers, epochs or order of calls.
    The two splits share no writer of digits and no photo, whatever the seed.

    An item enters the pipeline as a dict with `img` (BGR uint8, (h, w, 3)), `img_shape`,
    `ori_shape`, `img_path` (a name, there is no such file) and `sample_idx`: nothing needs loading.
    Labels are left out of it, since crops would not move them; `scene(i)` gives them.

    Args:
        num_scenes: length of the dataset.
        split: 'train' or 'test'.
        seed: which scenes; never which digits and photos belong to the split.
        size: (height, width) in pixels, each at least 32.
        objects: least and most digits a scene, within 1..50; a scene has fewer only when a digit
            finds no place in 30 tries.
        pipeline: transforms applied to each item.
        **kwargs: further arguments of mmengine's `BaseDataset` (`indices`, `test_mode`, ...).

    Raises:
        ValueError: an argument out of its range.
        FileNotFoundError: scikit-image, which holds the photos, is not installed.
    """

    METAINFO = {'classes': CLASSES}

    def __init__(
        self,
        num_scenes: int,
        split: str = 'train',
        seed: int = 0,
        size: Sequence[int] = (160, 160),
        objects: Sequence[int] = (3, 8),
        pipeline: Sequence = (),
        **kwargs,
    ) -> None:
        if num_scenes < 1:
            raise ValueError(f'num_scenes is {num_scenes}, expected at least 1.')
        if seed < 0:
            raise ValueError(f'seed is {seed}, expected 0 or more.')
        if len(size) != 2 or min(size) < SMALLEST_SIDE:
            raise ValueError(f'size is {tuple(size)}, expected (height, width) of at least '
                             f'{SMALLEST_SIDE} pixels each.')
        if len(objects) != 2 or not 1 <= objects[0] <= objects[1] <= MOST_OBJECTS:
            raise ValueError(f'objects is {tuple(objects)}, expected (least, most) with '
                             f'1 <= least <= most <= {MOST_OBJECTS}.')
        load_sources(split)  # fails now and not in a worker; forked workers share the memory
        self.num_scenes, self.split, self.seed = num_scenes, split, seed
        self.size, self.objects = (size[0], size[1]), (objects[0], objects[1])
        super().__init__(pipeline=list(pipeline), serialize_data=False, **kwargs)

    def scene(self, number: int) -> Scene:
        """Compose scene `number` (0 <= number < num_scenes) with all its annotations.

        Raises:
            IndexError: `number` out of range.
        """
        if not 0 <= number < self.num_scenes:
            raise IndexError(f'there is no scene {number}, the last is {self.num_scenes - 1}.')
        rng = np.random.default_rng([self.seed, SPLITS.index(self.split), number])
        return compose_scene(rng, load_sources(self.split), self.size, objects=self.objects)

    def load_data_list(self) -> list[dict]:
        """Names only; pictures are made in `get_data_info`."""
        name = f'digit_scenes/{self.split}/seed{self.seed}'
        return [{'img_path': f'{name}/{i:06d}.png', 'number': i} for i in range(self.num_scenes)]

    @force_full_init
    def get_data_info(self, idx: int) -> dict:
        """The dict that enters the pipeline."""
        info = super().get_data_info(idx)
        image = self.scene(info.pop('number')).image
        return info | {'img': image, 'img_shape': image.shape[:2], 'ori_shape': image.shape[:2]}
