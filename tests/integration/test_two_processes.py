"""Every algorithm on two processes: together they do what one does with the joined batch."""
from __future__ import annotations

import socket

import pytest
import torch
import torch.multiprocessing as mp

from tests.integration.process_pair import (
    BATCHES,
    IMAGES,
    METHODS,
    batch,
    build,
    pooled,
    train,
    work,
)
from tests.models import tiny_pairs

QUEUES = {'regioncl-moco': 1, 'regioncl-moco-shuffled': 1, 'regioncl-densecl': 2,
          'regioncl-densecl-shuffled': 2, 'regioncl-moby': 2, 'scd-moco': 1, 'scd-moco-shuffled': 1}
METHOD = pytest.mark.parametrize('method', METHODS)
pytestmark = pytest.mark.integration


@pytest.fixture(scope='module')
def ranks(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What each of the two processes found: one start for all methods, as a start takes seconds."""
    folder = tmp_path_factory.mktemp('ranks')
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    mp.spawn(work, (port, folder), nprocs=2)
    return [torch.load(folder / f'{rank}.pth', weights_only=True) for rank in (0, 1)]


@METHOD
def test_two_processes_do_what_one_does(method: str, ranks: list[dict]) -> None:
    """Losses are means over the processes, and so are gradients; weights and queues are equal."""
    first, second = (found[method] for found in ranks)
    model = build(method)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    joined = train(method, model.train_step, model, 2)
    for one, two, expected in zip(first['losses'], second['losses'], joined['losses'],
                                  strict=True):
        mean = {name: (one[name] + two[name]) / 2 for name in expected}
        torch.testing.assert_close(mean, expected, rtol=1e-9, atol=0)
        assert one['loss'] != two['loss']
    torch.testing.assert_close(first['gradients'], joined['gradients'], rtol=1e-7, atol=1e-10)
    torch.testing.assert_close(first['state'], joined['state'], rtol=1e-7, atol=1e-10)
    assert not any(torch.equal(joined['state'][name], start[name]) for name in joined['gradients']
                   if joined['gradients'][name].any())
    for name, tensor in first['state'].items():
        assert torch.equal(tensor, second['state'][name]), name


@METHOD
def test_the_pointer_counts_the_keys_of_both_processes(method: str, ranks: list[dict]) -> None:
    pointers = [value for name, value in ranks[0][method]['state'].items()
                if name.endswith('pointer')]
    assert pointers == [2 * IMAGES * BATCHES % tiny_pairs.QUEUE] * QUEUES.get(method, 0)


@METHOD
def test_processes_stay_equal_as_they_train(method: str, ranks: list[dict]) -> None:
    """With regions of their own and norms that see only their half."""
    first, second = (found[method]['trained'] for found in ranks)
    start = build(method).state_dict()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name
    moved = {name.split('.')[0] for name, tensor in first.items()
             if not torch.equal(tensor, start[name])}
    assert moved >= {'backbone', 'heads' if method.startswith(('oadp', 'orl')) else 'head'}


def test_shuffled_norms_see_other_images_and_keys_come_back_in_order(ranks: list[dict]) -> None:
    """A model of the shuffle: rank 0's permutation is cut in halves, each normed alone."""
    inputs, model = batch('regioncl-moco', 0)['inputs'][0], build('regioncl-moco')
    torch.manual_seed(20)
    order = torch.randperm(2 * IMAGES)
    assert 0 < (order[:IMAGES] < IMAGES).sum() < IMAGES  # each half holds images of both
    shuffled, plain = (torch.cat([found['keys'][f'True-{flag}'] for found in ranks])
                       for flag in (True, False))
    expected = inputs.new_empty(2 * IMAGES, shuffled.shape[1])
    for half in order.split(IMAGES):
        expected[half] = model.encode_target(inputs[half], pooled)['mean']
    torch.testing.assert_close(shuffled, expected, rtol=1e-9, atol=1e-12)
    assert (shuffled - plain).abs().amax(1).min() > 1e-3


def test_without_batch_statistics_shuffling_changes_nothing(ranks: list[dict]) -> None:
    for found in ranks:
        torch.testing.assert_close(found['keys']['False-True'], found['keys']['False-False'],
                                   rtol=1e-12, atol=1e-12)


def test_a_queue_must_hold_the_keys_of_all_processes(ranks: list[dict]) -> None:
    for found in ranks:
        assert f'a queue of {2 * IMAGES - 1} is shorter than a batch of {2 * IMAGES} keys' in (
            found['short queue'])


def test_one_image_a_process_has_no_other_to_swap_with(ranks: list[dict]) -> None:
    for found in ranks:
        assert 'at least 2 images a process, got 1' in found['one image']
