"""A neck and a box head that were pretrained with the backbone reach a detector, or it stops."""
from __future__ import annotations

import mmdet.models
import mmpretrain.models
import pytest
import torch

from oadp_mm.cli import main
from oadp_mm.engine.handoff import CheckedPretrained
from oadp_mm.files.checkpoint import CheckpointError
from oadp_mm.journey.init_file import initialiser
from oadp_mm.journey.starts import read_starts
from oadp_mm.probes.networks import read_network
from tests.engine.detector_parts import (
    BOX_HEAD,
    FRESH,
    NECK,
    NORM,
    Detector,
    box_head,
    init,
    same,
    started,
)


def test_all_parts_arrive_and_the_log_counts_them(source, exported, log):
    model = started(Detector(init(exported), init(exported, 'neck.'),
                             init(exported, 'box_head.', fresh=FRESH)))
    assert same(model.backbone, source['backbone'])
    assert same(model.neck, source['neck'])
    assert same(model.roi_head.bbox_head, source['box_head'])
    assert (f'hand-off checked: backbone 120/120, neck {NECK}/{NECK}, roi_head.bbox_head '
            f'{BOX_HEAD}/{BOX_HEAD + 4} (fresh: fc_cls, fc_reg) tensors equal {exported}') in log
    assert any(line.startswith(f'loaded {BOX_HEAD}/{BOX_HEAD + 4} tensors from {exported} (sha256')
               and line.endswith('SoCo, epoch 100), fresh: fc_cls, fc_reg') for line in log)


def test_a_training_checkpoint_serves_as_well(source, training):
    model = started(Detector(init(training), init(training, 'neck.'),
                             init(training, 'box_head.', fresh=FRESH)))
    assert same(model.neck, source['neck'])
    assert same(model.roi_head.bbox_head, source['box_head'])


def test_what_stays_fresh_starts_as_the_hosts_own(exported):
    """The host's init_cfg, which ours replaces: normal, .01 and .001, biases 0."""
    ours, host = box_head(init(exported, 'box_head.', fresh=FRESH)), box_head()
    torch.manual_seed(1)
    ours.init_weights()
    host.init_weights()
    for name, std in (('fc_cls', 0.01), ('fc_reg', 0.001)):
        for head in (ours, host):
            layer = getattr(head, name)
            # of 64 * 21 or 64 * 80 draws: four standard errors of a deviation
            error = 4 * std / (2 * layer.weight.numel()) ** 0.5
            assert layer.weight.std().item() == pytest.approx(std, abs=error)
            assert not layer.bias.any()


@pytest.mark.parametrize(('options', 'message'), [
    ({}, r'does not fit Shared4Conv1FCBBoxHead: 4 missing: fc_cls\.weight, fc_cls\.bias, '
         r'fc_reg\.weight, fc_reg\.bias; .* what the file does not have with fresh='),
    ({'fresh': {'fc_cls': {'type': 'Normal'}}}, r': 2 missing: fc_reg\.weight, fc_reg\.bias; '),
    ({'fresh': FRESH | {'fc_mask': {}}}, r'Shared4Conv1FCBBoxHead has no tensor below fc_mask: set '
                                         r'fresh= to some of fc_cls, fc_reg, shared_convs, '),
    ({'fresh': FRESH | {'shared_fcs.0': {}}},
     r': 2 unexpected: shared_fcs\.0\.weight, shared_fcs\.0\.bias; '),
])
def test_only_what_is_named_stays_fresh(exported, options, message):
    with pytest.raises(CheckpointError, match=message):
        started(Detector(init(exported), head_init=init(exported, 'box_head.', **options)))


def test_names_alone_do_not_say_how_the_rest_starts():
    with pytest.raises(TypeError, match=r"fresh=\['fc_cls'\] does not say how these parts start: "):
        CheckedPretrained('x.pth', 'box_head.', fresh=['fc_cls'])


def test_a_head_of_another_width_is_refused(exported):
    head = mmdet.models.Shared4Conv1FCBBoxHead(
        in_channels=8, conv_out_channels=8, fc_out_channels=32, norm_cfg=NORM,
        init_cfg=init(exported, 'box_head.', fresh=FRESH))
    with pytest.raises(CheckpointError, match=r': 2 misshapen: shared_fcs\.0\.weight \(file '):
        head.init_weights()


def test_a_file_without_the_part_is_refused(training, tmp_path):
    assert main(['export', str(training), str(tmp_path / 'x.pth')]) == 0
    with pytest.raises(CheckpointError, match=r"has no tensor under 'neck\.'"):
        started(Detector(init(tmp_path / 'x.pth'), init(tmp_path / 'x.pth', 'neck.')))


class TestBackboneOfAFileInParts:
    """Who reads a backbone takes it from such a file, too."""

    def test_a_detector_takes_it_alone_and_the_log_says_so(self, source, exported, log):
        model = started(Detector(init(exported)))
        assert same(model.backbone, source['backbone'])
        assert (f'hand-off checked: backbone 120/120 tensors equal {exported}; not taken of it: '
                'neck, box_head') in log

    def test_a_probe(self, source, exported):
        network = read_network(str(exported))
        assert same(network.backbone, source['backbone'])
        assert network.origin['method'] == 'oadp_mm.SoCo'

    def test_a_fine_tuning(self, source, exported, tmp_path):
        [start] = read_starts([str(exported)], tmp_path)
        content = torch.load(start.file)
        assert content['state_dict'].keys() == source['backbone'].state_dict().keys()
        assert 'parts' not in content['meta']

    def test_another_pretraining(self, source, exported):
        config = initialiser(str(exported), {'type': 'ResNet', 'depth': 18})
        backbone = mmpretrain.models.ResNet(depth=18, init_cfg=config)
        backbone.init_weights()
        assert same(backbone, source['backbone'])

    def test_an_export_of_it_alone_is_that_of_the_training(self, training, exported, tmp_path):
        for name, path in (('direct', training), ('later', exported)):
            assert main(['export', str(path), str(tmp_path / f'{name}.pth')]) == 0
        one, other = (torch.load(tmp_path / f'{name}.pth') for name in ('direct', 'later'))
        assert one['meta'] == other['meta']
        assert one['state_dict'].keys() == other['state_dict'].keys()
