"""Each ablation differs from the run it is compared with in what its table varies, and only there.

What differs is copied from the papers' tables.
"""
from __future__ import annotations

import pytest

from tests.configs.leaves import CASES, ROW

OADP = {
    # Table VII, pretrained on COCO
    'layer4': ('coco', {'layers': ('layer4',)}),
    'layers24': ('coco', {'layers': ('layer2', 'layer4')}),
    'layers13': ('coco', {'layers': ('layer1', 'layer3')}),
    'layers1234': ('coco', {'layers': ('layer1', 'layer2', 'layer3', 'layer4')}),
    # Table VIII, on VOC
    'k8': ('voc0712', {'selector.k': 8}),
    'k16': ('voc0712', {'selector.k': 16}),
    'k32': ('voc0712', {'selector.k': 32}),
    # Table X, on COCO
    **{f'g{whole}-l{local}-gl{gl}'.replace('.', ''): (
        'coco', {'loss_weights': [('global', whole), ('local', local), ('gl', gl)]})
       for whole, local, gl in [
           (0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0),
           (1, 0.5, 0.5), (0.5, 1, 0.5), (0.5, 0.5, 1)]},
    # Tables XI and XII, on COCO
    'cosine-matching': ('coco', {'selector.matching': 'cosine'}),
    'mse': ('coco', {'head.loss': 'mse'}),
    # ours: readings of eq. 3, 7, 9 and 12 that the paper does not measure
    'bins32': ('coco', {'selector.num_bins': 32}),
    'one-way': ('coco', {'pairs': ((0, 1),)}),
    'global-gf': ('coco', {'global_feature': 'gf'}),
    'gl-mean': ('coco', {'gl_mode': 'mean'}),
    # ours: how residual branches start, of which the paper says nothing
    'zero-init': ('coco', {'backbone.zero_init_residual': True}),
    # Tables IX and XIII, on VOC: what differs in the views is in test_paper_numbers.py
    'equal-scales': ('voc0712', {}),
    'rrc-flip': ('voc0712', {}),
    'static-rrc': ('voc0712', {}),
}
REGIONCL = {
    # Table 9: bounds of the side
    **{f'region{low}{high}': {'region': (low, high)}
       for low, high in [(1, 5), (2, 5), (4, 5), (3, 4), (3, 6)]},
    # Table 10: paste, canvas and negative, with all three in the reference
    'no-regions': {'region_weight': 0},
    'canvas-only': {'paste': False, 'negative': False},
    'paste-only': {'canvas': False, 'negative': False},
    'no-negative': {'negative': False},
}
SCD = {
    # Table 3: the two terms of eq. 5
    'fg-only': {'semantic_head.background': False},
    'bg-only': {'semantic_head.foreground': False},
    # Table 4 and figure 3
    **{f'lambda{str(weight).replace(".", "")}': {'semantic_head.loss_weight': weight}
       for weight in (0, 0.1, 1, 2)},
    **{f'alpha{str(margin).replace(".", "")}': {'semantic_head.margin': margin}
       for margin in (0, 0.2, 0.4, 0.6, 0.8, 1.2, 1.4)},
    # ours (D-1)
    'predictor': {'semantic_head.predictor.hidden_channels': 4096},
}
#: Rows of OADP -> the file of their table.
OADP_TABLES = {
    **dict.fromkeys(('layer4', 'layers24', 'layers13', 'layers1234'), 'table7-layers'),
    **dict.fromkeys(('k8', 'k16', 'k32'), 'table8-pool'),
    **dict.fromkeys((row for row in OADP if row[:2] in ('g0', 'g1')), 'table10-losses'),
    **dict.fromkeys(('equal-scales', 'rrc-flip', 'static-rrc'), 'tables9-13-views'),
}
#: Ours, on the nuclei: what decides at small scale.
GLOBAL = {'loss_weights': [('global', 1.0), ('local', 0.0), ('gl', 0.0)]}
RANDOM, FULL = {'selector.matching': 'random'}, {'backbone.zero_init_residual': False}
CONTROLS = {
    'oadp': {}, 'random-pairs': RANDOM, 'overlap-pairs': {'selector.matching': 'overlap'},
    'global-only': GLOBAL, 'full-residual': FULL,
    'full-residual-random-pairs': {**FULL, **RANDOM},
    'full-residual-global-only': {**FULL, **GLOBAL},
}
MAIN = 'regioncl/regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'
TABLE_9 = f'regioncl/ablations/regioncl-m_tables9-10_8xb128-coslr-100e_in1k.py{ROW}'
SHORT = TABLE_9 + 'region35'  # 4.5
BYOL = 'scd/scd-byol_resnet50_2xb256-coslr-200e_in100.py'  # 5.4
#: Name -> the run it is compared with, and what differs in the model.
ABLATIONS = {
    **{f'oadp/ablations/oadp_{OADP_TABLES.get(tag, "readings")}_8xb32-coslr-800e_{data}.py'
       f'{ROW}{tag}': (
        f'oadp/oadp_resnet50_8xb32-coslr-800e_{data}.py', changes)
       for tag, (data, changes) in OADP.items()},
    **{f'oadp/ablations/oadp_controls_1xb64-coslr-60e_nuclei-112x112.py{ROW}{tag}': (
        'oadp/oadp_resnet18-w32-d16_1xb64-coslr-60e_nuclei-112x112.py', changes)
       for tag, changes in CONTROLS.items()},
    # Table II: widths
    **{f'oadp/ablations/oadp_table2-widths_8xb32-coslr-800e_voc0712.py{ROW}x{width}': (
        'oadp/oadp_resnet50_8xb32-coslr-800e_voc0712.py',
        {'backbone.stem_channels': 64 * width, 'backbone.base_channels': 64 * width})
       for width in (2, 4)},
    **{TABLE_9 + tag: (SHORT, changes)
       for tag, changes in REGIONCL.items()},
    # Table 12: widths
    **{f'regioncl/ablations/regioncl-m_table12-widths_8xb128-coslr-200e_in1k.py{ROW}w{width}': (
        MAIN, {'backbone.stem_channels': 64 * width, 'backbone.base_channels': 64 * width})
       for width in (2, 4)},
    # Table 14; without composites there is no negative within one (A.4)
    'regioncl/ablations/regioncl-m_resnet50-no-swapping_8xb128-coslr-200e_in1k.py': (
        MAIN, {'swap': False, 'negative': False}),
    # ours: where the released code places regions
    f'regioncl/ablations/regioncl-m_readings_8xb128-coslr-200e_in1k.py{ROW}released-placement': (
        MAIN, {'placement': 'released'}),
    **{f'scd/ablations/scd-byol_tables3-4_2xb256-coslr-200e_in100.py{ROW}{tag}': (BYOL, changes)
       for tag, changes in SCD.items()},
}


def test_every_ablation_is_in_the_table():
    assert {name for name in CASES if '/ablations/' in name and not name.startswith('soco/')} == {
        *ABLATIONS, SHORT}  # SoCo's: test_soco_numbers.py


def flat(node, path: str = '') -> dict:
    if not isinstance(node, dict):
        return {path: node}
    return {key: value for name, child in node.items()
            for key, value in flat(child, f'{path}.{name}' if path else name).items()}


def differences(name: str, reference: str, load) -> dict:
    """What differs, but for the rows of a table and where it writes."""
    base, changed = (flat(settings(load(config).to_dict())) for config in (reference, name))
    assert set(base) <= set(changed)
    return {key: value for key, value in changed.items() if key not in base or base[key] != value}


def settings(config: dict) -> dict:
    return {key: value for key, value in config.items()
            if key not in ('ROWS', 'row', 'work_dir', 'fixed', 'alike', 'FULL', 'GLOBAL')}


@pytest.mark.parametrize('name', ABLATIONS)
def test_ablation_changes_one_thing(name, load):
    reference, changes = ABLATIONS[name]
    found = differences(name, reference, load)
    if not changes and not name.endswith(f'{ROW}oadp'):  # a control's own
        moved = {key for key in found if key.startswith('train_dataloader.dataset.views.')}
        assert moved
        found = {key: value for key, value in found.items() if key not in moved}
    assert found == {f'model.{key}': value for key, value in changes.items()}


def test_ablations_of_regioncl_are_shorter(load):
    """4.5: 100 epochs."""
    assert differences(SHORT, MAIN, load) == {'train_cfg.max_epochs': 100}
