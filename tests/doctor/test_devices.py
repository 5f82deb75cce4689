"""GPUs that are there, held, hidden, or not."""
from __future__ import annotations

from oadp_mm.doctor.devices import Devices, device_finding, see_devices

G = 1 << 30


def test_a_free_gpu_is_named():
    found = device_finding(Devices('2.11.0', '13.0', ('H100',), (80 * G,), (79 * G,)))
    assert found.mark == 'ok' and found.sentence == '1 GPU, H100 of 80 GiB, torch 2.11.0'


def test_a_gpu_that_others_hold_is_noted_by_its_number():
    found = device_finding(Devices('2.11.0', '13.0', ('H100', 'H100'), (80 * G,) * 2,
                                   (70 * G, 30 * G)))
    assert found.mark == 'note'
    assert '2 GPUs' in found.sentence and 'number 1 has 30.0 GiB free' in found.sentence
    assert 'CUDA_VISIBLE_DEVICES' in found.sentence


def test_no_gpu_is_no_fault():
    found = device_finding(Devices('2.11.0', None))
    assert found.mark == 'ok' and '--backbone resnet18' in found.sentence


def test_a_gpu_that_torch_does_not_see_is_noted():
    for cuda, why in ((None, 'was built without CUDA'), ('13.0', 'for CUDA 13.0 cannot use it')):
        found = device_finding(Devices('2.11.0', cuda, hidden=True))
        assert found.mark == 'note' and why in found.sentence and 'pytorch.org' in found.sentence


def test_this_machine_is_seen():
    seen = see_devices(used=False)
    assert len(seen.names) == len(seen.total) == len(seen.free)
