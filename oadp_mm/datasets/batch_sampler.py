"""Batches of one size only."""
from __future__ import annotations

from torch.utils.data import BatchSampler, Sampler

from oadp_mm.registry import DATA_SAMPLERS


@DATA_SAMPLERS.register_module()
class FullBatchSampler(BatchSampler):
    """Cut a sampler's images into full batches; the rest of an epoch is left out.

    torch's `drop_last=True`, but a data set of less than one batch is refused where it is built
    and not by whatever first divides by the length of an epoch. Used as
    `batch_sampler=dict(type='oadp_mm.FullBatchSampler')`; mmengine passes the arguments.

    Args:
        sampler: of the images of one process.
        batch_size: images of a batch.

    Raises:
        ValueError: the sampler gives less than one batch.
    """

    def __init__(self, sampler: Sampler, batch_size: int) -> None:
        images = len(sampler)  # type: ignore[arg-type]
        if images < batch_size:
            # A power of two: it divides a queue's length, too.
            fits = (', or lower it by --cfg-options '
                    f'train_dataloader.batch_size={1 << images.bit_length() - 1}'
                    if images > 1 else '')  # batch norm of one image is undefined
            raise ValueError(f'an epoch must hold at least one batch, got {images} images a '
                             f'process for train_dataloader.batch_size={batch_size}: add images'
                             + fits)
        super().__init__(sampler, batch_size, drop_last=True)
