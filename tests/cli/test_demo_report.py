from __future__ import annotations

from oadp_mm.cli import main


def test_a_folder_without_a_demo_is_one_sentence(tmp_path, capsys):
    assert main(['report', str(tmp_path)]) == 2
    out = capsys.readouterr()
    assert out.err.startswith('oadp-mm: error: no training left its config in ')
    assert out.err.count('\n') == 1
    assert not (tmp_path / 'report.html').exists()
