"""Each kind of tensor by each way from a file into a network: it arrives, or is refused."""
from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from oadp_mm.cli import main
from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.files.backbone_file import backbone_tensors
from oadp_mm.files.checkpoint import CheckpointError, read_checkpoint
from oadp_mm.files.tensor_kinds import check_state, check_taken
from oadp_mm.files.whole_module import load_whole

KEY = 'layer1.weight'


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Linear(4, 4, bias=False)
        self.layer1 = nn.Linear(4, 4, bias=False)
        self.register_buffer('steps', torch.tensor(0))
        self.register_buffer('mask', torch.tensor([0., -torch.inf]), persistent=False)


def weights() -> Tensor:
    return torch.arange(16.).reshape(4, 4) / 7


def saved(path: Path, value: Tensor, key: str = KEY, prefix: str = 'backbone.') -> Path:
    state = {**Net().state_dict(), key: value}
    torch.save({'state_dict': {f'{prefix}{name}': each for name, each in state.items()}}, path)
    return path


def _checked(path: Path) -> Tensor:
    net = Net()
    CheckedPretrained(str(path))(net)
    return net.layer1.weight.detach()


def _filled(path: Path) -> Tensor:
    net = Net()
    load_whole(net, read_checkpoint(path), prefix='backbone.', advice='')
    return net.layer1.weight.detach()


def _whole(path: Path) -> Tensor:
    state = {key.removeprefix('backbone.'): each
             for key, each in read_checkpoint(path).tensors.items()}
    net = Net()
    check_state(path, state, net)
    net.load_state_dict(state)
    return net.layer1.weight.detach()


WAYS: dict[str, Callable[[Path], Tensor]] = {
    'init_cfg': _checked, 'load_whole': _filled, 'a whole model': _whole,
    'export': lambda path: backbone_tensors(read_checkpoint(path), 'backbone.')[KEY]}


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('kind', [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_floating_kinds_arrive_but_for_rounding(tmp_path, way, kind):
    found = WAYS[way](saved(tmp_path / 'x.pth', weights().to(kind)))
    assert torch.equal(found.float(), weights().to(kind).float())


ODD = {
    'int8': (lambda: weights().to(torch.int8), 'int8'),
    'int64': (lambda: weights().long(), 'int64'),
    'bool': (lambda: weights() > 1, 'bool'),
    'complex': (lambda: weights().to(torch.complex64), 'complex64'),
    'float8': (lambda: weights().to(torch.float8_e4m3fn), 'float8_e4m3fn'),
    'quantised': (lambda: torch.quantize_per_tensor(weights(), 0.1, 0, torch.qint8), 'quantised'),
    'quantised by channels': (lambda: torch.quantize_per_channel(
        weights(), torch.full((4,), 0.1), torch.zeros(4), 0, torch.qint8), 'quantised'),
    'sparse': (lambda: weights().to_sparse(), 'sparse'),
    'compressed rows': (lambda: weights().to_sparse_csr(), 'sparse'),
    'meta': (lambda: torch.empty(4, 4, device='meta'), 'without values'),
    'stride 0': (lambda: torch.ones(4, 1).expand(4, 4), 'expanded'),
    'nothing at all': (lambda: torch.ones(1).as_strided((4, 4), (0, 0)), 'expanded'),
}


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('odd', ODD)
def test_other_kinds_are_named_and_refused(tmp_path, way, odd):
    make, kind = ODD[odd]
    path = saved(tmp_path / 'x.pth', make())
    sentence = rf'x\.pth holds {KEY} \({kind}.*\), but weights are read from plain .*: save what'
    with pytest.raises(CheckpointError, match=sentence) as caught:
        WAYS[way](path)
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize(('value', 'sentence'), [
    (torch.nan, 'holds NaN or infinite values in 1 tensors'),
    (-torch.inf, 'holds NaN or infinite values in 1 tensors'),
    (1e39, 'holds float64 values in .* that are infinite in float32')])
def test_what_is_not_finite_in_the_network_is_refused(tmp_path, way, value, sentence):
    broken = weights().double()
    broken[1, 2] = value
    with pytest.raises(CheckpointError, match=f'{sentence}.*: the training that wrote it diverged'):
        WAYS[way](saved(tmp_path / 'x.pth', broken))


def test_the_largest_float32_is_taken_from_float64(tmp_path):
    largest = torch.full((4, 4), torch.finfo(torch.float32).max, dtype=torch.float64)
    assert torch.equal(_filled(saved(tmp_path / 'x.pth', largest)).double(), largest)


@pytest.mark.parametrize('kind', [torch.int32, torch.uint8, torch.float32, torch.float16])
def test_a_counter_is_taken_by_its_value(tmp_path, kind):
    net = Net()
    load_whole(net, read_checkpoint(saved(tmp_path / 'x.pth', torch.tensor(7).to(kind), 'steps')),
               prefix='backbone.', advice='')
    assert (net.steps, net.steps.dtype) == (7, torch.int64)


@pytest.mark.parametrize('value', [torch.tensor(7.5), torch.tensor(True)])
def test_a_counter_that_would_change_is_refused(tmp_path, value):
    path = saved(tmp_path / 'x.pth', value, 'steps')
    kind = re.escape(str(value.dtype).removeprefix('torch.'))
    with pytest.raises(CheckpointError, match=rf'change: steps \(file {kind}, model int64\): give'):
        load_whole(Net(), read_checkpoint(path), prefix='backbone.', advice='')


def test_a_half_precision_network_takes_no_more_than_it_can_hold():
    half = {'weight': torch.zeros(1, dtype=torch.float16)}
    check_taken('x.pth', {'weight': torch.tensor([65504.])}, half)
    with pytest.raises(CheckpointError, match=r'weight \(file float32, model float16\)'):
        check_taken('x.pth', {'weight': torch.tensor([7e4])}, half)


def test_other_tensors_of_a_file_need_not_be_weights(tmp_path):
    """A queue, a mask, another network: what is not loaded is nobody's trouble."""
    path = saved(tmp_path / 'x.pth', weights())
    content = torch.load(path)
    content['state_dict']['head.weight'] = weights().to_sparse()
    torch.save(content, path)
    assert torch.equal(_checked(path), weights())


def test_a_mask_may_be_infinite():
    net = Net()
    net.register_buffer('mask', torch.tensor([0., -torch.inf]))
    check_state('x.pth', net.state_dict(), net)


def test_export_refuses_bytes(tmp_path, capsys):
    path = saved(tmp_path / 'x.pth', weights().to(torch.int8))
    assert main(['export', str(path), str(tmp_path / 'out.pth')]) == 2
    assert f'{KEY} (int8), but weights are read from plain' in capsys.readouterr().err
    assert not (tmp_path / 'out.pth').exists()
