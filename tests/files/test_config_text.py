from __future__ import annotations

from mmengine.config import Config

from oadp_mm.files.config_text import read_assignment


def test_reads_back_what_mmengine_writes():
    model = {'type': 'oadp_mm.OADP', 'backbone': {'type': 'ResNet', 'out_indices': [0, 3]},
             'weights': {'a-b': -0.5, 'flag': None}, 'views': [{'scale': [0.1, 0.6]}]}
    assert read_assignment(Config({'x': 1, 'model': model}).pretty_text, 'model') == model


def test_code_is_not_executed(tmp_path):
    proof = tmp_path / 'executed'
    text = f"model = dict(type=open({str(proof)!r}, 'w'), depth=50)"
    assert read_assignment(text, 'model') == {'type': None, 'depth': 50}
    assert not proof.exists()


def test_what_cannot_be_parsed_is_unknown():
    for text in ('model = (', 'other = 1', '', 'model = ' + '(' * 5000, 'model = 1\0'):
        assert read_assignment(text, 'model') is None
