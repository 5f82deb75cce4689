# Paper: 4: SCD-BYOL (2x) in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, minutes; OADP_QUICK=1 fewer.
import os

_base_ = './scd-byol-2x_resnet50_2xb256-coslr-200e_in1k.py'

train_dataloader = dict(batch_size=32, num_workers=1, dataset=dict(
    dataset=dict(_delete_=True, type='oadp_mm.DigitScenes', num_scenes=448, size=(160, 160)),
    views=dict(crop=dict(scale=128))))
model = dict(
    backbone=dict(depth=18, zero_init_residual=True),
    head=dict(hidden_channels=1024, out_channels=256),
    semantic_head=dict(projector=dict(hidden_channels=1024, out_channels=256)))
optim_wrapper = dict(optimizer=dict(lr=0.015))
param_scheduler = [dict(type='CosineAnnealingLR', convert_to_iter_based=True)]
quick = os.environ.get('OADP_QUICK') == '1'
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or (4 if quick else 7)))
auto_scale_lr = dict(base_batch_size=32)
