# Paper: Tables XI and XII (matching, loss), and readings that the paper does not measure.
# Command: OADP_ROW=cosine-matching mim train mmpretrain \
#     configs/oadp/ablations/oadp_readings_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: VOC07 "accuracy" of the linear layer behind the rows that the paper has. Its own: 86.9.
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = '../oadp_resnet50_8xb32-coslr-800e_coco.py'

ROWS = {
    'cosine-matching': dict(selector=dict(matching='cosine')),  # Table XI: 85.7
    'mse': dict(head=dict(loss='mse')),  # Table XII: 86.6
    'bins32': dict(selector=dict(num_bins=32)),  # eq. 3 with fewer gray levels (O-12)
    'one-way': dict(pairs=((0, 1),)),  # only the first view predicts, at half the cost (O-15)
    'global-gf': dict(global_feature='gf'),  # eq. 12 to the letter: the maximum of layer1 (O-17)
    'gl-mean': dict(gl_mode='mean'),  # eq. 9: one M a view, not one a patch (O-18)
    # residual branches start at zero (O-30)
    'zero-init': dict(backbone=dict(zero_init_residual=True)),
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = ROWS[row]
