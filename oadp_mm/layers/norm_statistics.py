"""Statistics of a network's batch norms: measured anew, or left alone while it is looked at.

What a norm has after training are those of augmented views of the last steps. In evaluation it
divides by them, and on dark images that were trained on with strong jitter it divides by too much.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

Images = Float[Tensor, '_ c h w']


class _Moments:
    """Count, mean and variance of each channel over all batches that a norm gets."""

    def __init__(self) -> None:
        self.count = 0
        self.mean = self.variance = torch.zeros(())

    def __call__(self, norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].float()
        count = values.numel() // values.shape[1]
        if count < 2:
            raise ValueError(
                f'a batch gives a norm of {values.shape[1]} channels only 1 value a channel, which '
                'has no variance: give more or larger images')
        variance, mean = torch.var_mean(values, (0, *range(2, values.ndim)), correction=0)
        share, shift = count / (self.count + count), mean - self.mean
        self.variance = torch.lerp(self.variance.to(variance), variance, share) + (
            shift.square() * share * (1 - share))
        self.mean = self.mean + shift * share
        self.count += count


def has_norm_statistics(network: nn.Module) -> bool:
    """Whether a network has batch norms that keep statistics."""
    return any(isinstance(module, _BatchNorm) and module.track_running_stats
               for module in network.modules())


@torch.no_grad()
def estimate_norm_statistics(network: nn.Module, batches: Iterable[Images]) -> None:
    """Set each batch norm's running mean and variance to those of its inputs over all batches.

    They are of all values together, whatever the size of a batch: the mean weighs batches by their
    values, the variance (unbiased, as torch's) holds what lies within and between them. While they
    are measured a norm passes on its batch normalised by the batch itself, as in training; the
    larger the batches, the less this differs from evaluation. All else is in evaluation mode, in
    which the network is left.

    Raises:
        ValueError: the network has no batch norm with statistics, there is no batch, or a norm gets
            fewer than two values a channel.
    """
    network.eval()
    moments = {norm: _Moments() for norm in network.modules()
               if isinstance(norm, _BatchNorm) and norm.track_running_stats}
    if not moments:
        raise ValueError(f'{type(network).__name__} has no batch norm and needs no statistics: use '
                         'it as it is')
    hooks = [norm.register_forward_pre_hook(measure) for norm, measure in moments.items()]
    try:
        for norm in moments:
            norm.train().track_running_stats = False  # it uses its batch's and keeps none
        for batch in batches:
            network(batch)
    finally:
        for hook in hooks:
            hook.remove()
        for norm in moments:
            norm.eval().track_running_stats = True
    if not any(measured.count for measured in moments.values()):
        raise ValueError('no image reached a batch norm: give at least one batch')
    for norm, measured in moments.items():
        if measured.count and norm.running_mean is not None and norm.running_var is not None:
            norm.running_mean.copy_(measured.mean)
            norm.running_var.copy_(measured.variance * (measured.count / (measured.count - 1)))


@contextmanager
def leaving_no_trace(network: nn.Module) -> Iterator[None]:
    """Evaluation mode for a look in the middle of a training, after which all is as it was.

    Batch norms that were training normalise by the batch that they get, as the next step will, and
    record nothing; frozen ones use what they have. Running statistics would lie here: before the
    first steps they are not the network's at all. Modes of single modules come back, and so do
    torch's generators.
    """
    modes = {module: module.training for module in network.modules()}
    norms = [module for module in modes
             if isinstance(module, _BatchNorm) and module.training and module.track_running_stats]
    devices = {each.device for each in network.parameters() if each.is_cuda}
    with torch.random.fork_rng(devices=devices):
        try:
            for module in modes:
                module.training = module in norms
            for norm in norms:
                norm.track_running_stats = False
            yield
        finally:
            for norm in norms:
                norm.track_running_stats = True
            for module, training in modes.items():
                module.training = training
