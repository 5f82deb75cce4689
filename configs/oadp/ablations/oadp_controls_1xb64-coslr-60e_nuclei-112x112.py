# Paper: not in it. What decides at small scale: OADP's parts beside controls, on the nuclei.
# Command: OADP_ROW=oadp mim train mmpretrain \
#     configs/oadp/ablations/oadp_controls_1xb64-coslr-60e_nuclei-112x112.py
# Expected: docs/evidence.md, printed by benchmarks/learning.py over seeds.
# Hardware: 2 CPU cores, 64 images: 480 steps, minutes a row.
import os

_base_ = '../oadp_resnet18-w32-d16_1xb64-coslr-60e_nuclei-112x112.py'

FULL = dict(zero_init_residual=False)
# pairs: mmengine writes configs out as dict(key=...), which Python's word global cannot be
GLOBAL = [('global', 1.0), ('local', 0.0), ('gl', 0.0)]
ROWS = {
    'oadp': dict(),
    'random-pairs': dict(selector=dict(matching='random')),  # O-31
    'overlap-pairs': dict(selector=dict(matching='overlap')),  # O-33
    'global-only': dict(loss_weights=GLOBAL),  # BYOL
    'full-residual': dict(backbone=FULL),  # O-30
    'full-residual-random-pairs': dict(backbone=FULL, selector=dict(matching='random')),
    'full-residual-global-only': dict(backbone=FULL, loss_weights=GLOBAL),
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = ROWS[row]
