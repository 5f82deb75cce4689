"""A process of `benchmarks/peers.py`: one method of one package, which does what lines ask for.

Only torch is imported here, since each package may have an environment of its own. A line of JSON
comes in, a line goes out: {"steps": 2} trains, {"files": [...]} makes views, {"checks": 3} looks
whether the method is what it claims to be.
"""
from __future__ import annotations

import ctypes
import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

ROOT = Path(__file__).parents[1]
STATUS, FORGET = Path('/proc/self/status'), Path('/proc/self/clear_refs')


class Peer(Protocol):
    """A method of a package.

    Attributes:
        networks: online and target networks and queues; what has a gradient is trained.
    """

    networks: nn.Module

    def loss(self, batch: dict[str, list[Tensor]]) -> Tensor:
        """The loss of two normalised views (b, 3, h, w), `inputs`, and perhaps their `gray`."""

    def after_step(self) -> None:
        """Move what moves after an optimizer step."""

    def views(self, file: str) -> list[Tensor]:
        """The method's own two views of a file, normalised."""


def resident(name: str = 'VmRSS') -> float:
    """Bytes of this process in memory, or with 'VmHWM' the most there were; not a number where the
    system does not tell.
    """
    if not STATUS.exists():
        return float('nan')
    lines = dict(line.split(':', 1) for line in STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) * 1024.0


def forget_peak() -> None:
    """Give freed memory back to the system, and let the peak start from what is left."""
    if hasattr(libc := ctypes.CDLL(None), 'malloc_trim'):
        libc.malloc_trim(0)
    if os.access(FORGET, os.W_OK):
        FORGET.write_text('5')


def same_start(networks: nn.Module) -> None:
    """Weights that only the order of the layers decides, the same online and in the target.

    Two packages that build the same networks start alike, whatever they call the layers.
    """
    for trained in (True, False):
        count = 0
        for name, weight in networks.named_parameters():
            if weight.requires_grad != trained:
                continue
            if weight.ndim > 1:
                fan = weight[0].numel()
                draw = torch.Generator().manual_seed(count)
                values = torch.randn(weight.numel(), generator=draw) * (2 / fan) ** 0.5
                weight.data.copy_(values.view_as(weight))
                count += 1
            else:
                weight.data.fill_(0 if name.endswith('bias') else 1)


class Worker:
    """A peer on a fixed batch.

    Args:
        peer: the method.
        batch: what its `loss` takes.
    """

    def __init__(self, peer: Peer, batch: dict[str, list[Tensor]]) -> None:
        self.peer, self.batch = peer, batch
        same_start(peer.networks.train())
        self.trained = [p for p in peer.networks.parameters() if p.requires_grad]
        self.optimizer = torch.optim.SGD(self.trained, lr=0.01, momentum=0.9)
        self.idle = float('nan')

    def steps(self, count: int) -> dict:
        """Seconds and loss of each step, and the most bytes of memory that training took."""
        forget_peak()
        seconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            self.optimizer.zero_grad()
            loss = self.peer.loss(self.batch)
            loss.backward()
            self.optimizer.step()
            self.peer.after_step()
            seconds.append(time.perf_counter() - start)
            losses.append(loss.item())
        return {'seconds': seconds, 'losses': losses, 'bytes': resident('VmHWM') - self.idle}

    def files(self, files: list[str]) -> dict:
        """Seconds of a core of each file's two views, and the shapes of these."""
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        seconds, shapes = [], set()
        for file in files:
            start = time.process_time()
            views = self.peer.views(file)
            seconds.append(time.process_time() - start)
            shapes |= {(str(view.dtype), *view.shape[-3:]) for view in views}
        torch.set_num_threads(threads)
        return {'seconds': seconds, 'shapes': sorted(shapes)}

    def checks(self, count: int) -> dict:
        """The norm of the gradient, and the loss after each of some steps of plain descent.

        Targets, queues and statistics are put back each time, so that only the descent counts: a
        queue that fills with keys of the same images raises the loss. All has been used once then:
        what is in memory but networks and batch is the packages' own and counts no more.
        """
        tensors = [*self.peer.networks.parameters(), *self.peer.networks.buffers()]
        still = [tensor for tensor in tensors if not tensor.requires_grad]
        before = [t.clone() for t in still]
        losses, gradient = [], 0.0
        for turn in range(count + 1):
            self.optimizer.zero_grad()
            loss = self.peer.loss(self.batch)
            loss.backward()
            losses.append(loss.item())
            norm = torch.stack([p.grad.norm() for p in self.trained if p.grad is not None]).norm()
            gradient = gradient if turn else norm.item()
            with torch.no_grad():
                for parameter in self.trained:
                    if parameter.grad is not None:  # a thousandth of the first gradient's length
                        parameter -= 1e-2 / gradient * parameter.grad
                for tensor, value in zip(still, before, strict=True):
                    tensor.copy_(value)
        self.optimizer.zero_grad()
        loss = before = None
        forget_peak()
        tensors += [view for views in self.batch.values() for view in views]
        self.idle = resident() - sum(tensor.nbytes for tensor in tensors)
        return {'gradient': gradient, 'losses': losses,
                'parameters': sum(p.numel() for p in self.trained)}


def main() -> None:
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what a package prints is no answer
    spec = json.loads(sys.argv[1])
    torch.set_num_threads(spec['threads'])
    sys.path[:0] = [str(ROOT)]
    module = importlib.import_module(f'benchmarks.{spec["module"]}')
    torch.manual_seed(0)
    peer = module.build(spec['method'], depth=spec['depth'], size=spec['size'])
    worker = Worker(peer, torch.load(spec['batch'], weights_only=True))
    for line in sys.stdin:
        (ask, of), = json.loads(line).items()
        print(json.dumps(getattr(worker, ask)(of)), file=answers, flush=True)


if __name__ == '__main__':
    main()
