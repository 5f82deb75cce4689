"""Statistics of a network's batch norms: measured anew, or left alone while it is looked at.

What a norm has after training are those of augmented views of the last steps. In evaluation it
divides by them, and on dark images that were trained on with strong jitter it divides by too much.
Averages of what the last steps saw lag behind the weights, too ("precise BN": Wu & Johnson,
*Rethinking "Batch" in BatchNorm*, 2021, section 3).
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
        if not count:
            return  # a mask head on a batch without an object
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

    def of_all(self, like: Tensor, total: Callable[[Tensor], Tensor],
               ) -> tuple[float, Tensor, Tensor]:
        """Count, mean and variance of all processes' values, as float32 on `like`'s device."""
        like = like.float()
        count = float(total(like.new_tensor(self.count)))
        share = self.count / max(count, 1)
        mean = total(share * self.mean.expand_as(like).to(like))
        shift = self.mean.to(like) - mean
        return count, mean, total(share * (self.variance.to(like) + shift.square()))


def has_norm_statistics(network: nn.Module) -> bool:
    """Whether a network has batch norms that keep statistics."""
    return bool(_tracked(network))


def _tracked(network: nn.Module) -> list[_BatchNorm]:
    return [module for module in network.modules()
            if isinstance(module, _BatchNorm) and module.track_running_stats]


@torch.no_grad()
def estimate_norm_statistics(network: nn.Module, batches: Iterable[Images]) -> None:
    """Set each batch norm's running mean and variance to those of its inputs over all batches.

    They are of all values together, see `measuring_statistics`. All but the norms is in evaluation
    mode, in which the network is left.

    Raises:
        ValueError: the network has no batch norm with statistics, there is no batch, or a norm gets
            fewer than two values a channel.
    """
    network.eval()
    norms = _tracked(network)
    if not norms:
        raise ValueError(f'{type(network).__name__} has no batch norm and needs no statistics: use '
                         'it as it is')
    try:
        for norm in norms:
            norm.train()
        with measuring_statistics(network) as measured:
            for batch in batches:
                network(batch)
    finally:
        network.eval()
    if not measured:
        raise ValueError('no image reached a batch norm: give at least one batch')


@contextmanager
def measuring_statistics(network: nn.Module, total: Callable[[Tensor], Tensor] = lambda part: part,
                         ) -> Iterator[list[_BatchNorm]]:
    """Within it a network is shown batches; behind it its norms' statistics are those of them.

    Those of all values together, whatever the size of a batch: the mean weighs batches by their
    values, the variance (unbiased, as torch's) holds what lies within and between them. Meanwhile a
    norm passes on its batch normalised by the batch itself, as in training; the larger the batches,
    the less this differs from evaluation. Norms in evaluation mode, the frozen ones, are left
    alone, and so is one that no batch reached.

    Args:
        network: its norms that train are measured.
        total: the sum of a tensor over all processes, each of which shows batches of its own.

    Yields:
        A list that holds the measured norms in the end.

    Raises:
        ValueError: a norm gets fewer than two values a channel.
    """
    moments = {norm: _Moments() for norm in _tracked(network) if norm.training}
    hooks = [norm.register_forward_pre_hook(measure) for norm, measure in moments.items()]
    done: list[_BatchNorm] = []
    try:
        for norm in moments:
            norm.track_running_stats = False  # it uses its batch's and keeps none
        yield done
    finally:
        for hook in hooks:
            hook.remove()
        for norm in moments:
            norm.track_running_stats = True
    for norm, measured in moments.items():
        if norm.running_mean is None or norm.running_var is None:
            continue
        # A process without a value takes part in the sums.
        count, mean, variance = measured.of_all(norm.running_mean, total)
        if count:
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance * (count / (count - 1)))
            done.append(norm)


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
