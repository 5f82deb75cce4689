"""Full batches or a refusal."""
from __future__ import annotations

import pytest
from mmengine.runner import Runner
from torch.utils.data import SequentialSampler

from oadp_mm.datasets import FullBatchSampler


@pytest.mark.parametrize(('images', 'batches'), [
    (4, [[0, 1, 2, 3]]),
    (7, [[0, 1, 2, 3]]),
    (8, [[0, 1, 2, 3], [4, 5, 6, 7]]),
])
def test_an_incomplete_batch_is_left_out(images, batches):
    sampler = FullBatchSampler(SequentialSampler(range(images)), 4)
    assert list(sampler) == batches
    assert len(sampler) == len(batches)


@pytest.mark.parametrize(('images', 'advised'), [(0, None), (1, None), (2, 2), (5, 4), (7, 4)])
def test_less_than_a_batch_is_refused_and_one_that_fits_is_advised(images, advised):
    sampler = SequentialSampler(range(images))
    with pytest.raises(ValueError, match=f'got {images} images a process .*batch_size=8: add '
                                         'images') as error:
        FullBatchSampler(sampler, 8)
    advice = str(error.value).partition('add images')[2]
    assert advice == ('' if advised is None else ', or lower it by --cfg-options '
                      f'train_dataloader.batch_size={advised}')
    if advised:
        assert len(FullBatchSampler(sampler, advised)) == 1


def test_mmengine_builds_it_from_a_config():
    loader = Runner.build_dataloader({
        'dataset': list(range(10)), 'batch_size': 4, 'num_workers': 0,
        'sampler': {'type': 'DefaultSampler', 'shuffle': False},
        'batch_sampler': {'type': 'oadp_mm.FullBatchSampler'},
        'collate_fn': {'type': 'default_collate'}}, seed=0)
    assert [batch.tolist() for batch in loader] == [[0, 1, 2, 3], [4, 5, 6, 7]]
