# Paper: RegionCL A.1 and A.2, Tables 11 and 12, the rows with a star. All of it fine-tuned.
# Command: OADP_ROW=r50 OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-finetune-steplr-50e_in1k.py --launcher pytorch --gpus 8
# Expected: top-1 behind each row; of R50 after 200, 400 and 800 epochs of pretraining.
# Hardware: 8 GPUs, 32 images each. Inferred: the paper gives 50 epochs and names EMAN and MAE; rates,
#     decay and falls are those of EMAN's command, which it gives for a part of the labels.
import os

_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

# width of the stem
ROWS = {
    'r50': 64,  # 76.8 77.8 78.1
    'w2': 64 * 2,  # 79.7
    'w4': 64 * 4,  # 80.4
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
model = dict(
    backbone=dict(
        frozen_stages=-1, norm_eval=False, stem_channels=ROWS[row], base_channels=ROWS[row]),
    head=dict(in_channels=32 * ROWS[row]))
train_dataloader = dict(batch_size=32)
optim_wrapper = dict(
    optimizer=dict(lr=0.1, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.01))))
param_scheduler = [dict(type='MultiStepLR', milestones=[30, 40], gamma=0.1)]
train_cfg = dict(max_epochs=50, val_interval=5)
auto_scale_lr = dict(base_batch_size=256)
