# Paper: SCD A.3 and B.2, Table 6. The whole network fine-tuned on a part of the labels.
# Command: OADP_ROW=moco-1pct OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-semi-steplr-50e_in1k-part.py --launcher pytorch --gpus 8
# Expected: top-1 and top-5 behind each row, of SCD-BYOL (2x) after those of SCD-BYOL.
# Hardware: 8 GPUs, 32 images each. SimCLR's subset (configs/scd/README.md).
import os

_base_ = './resnet50_8xb32-linear-coslr-100e_in1k.py'

# list of labels, learning rates of the head and of the backbone
ROWS = {
    'moco-1pct': ('meta/train_1percent_labels.txt', 0.5, 2e-4),  # 47.7 75.6
    'moco-10pct': ('meta/train_10percent_labels.txt', 0.5, 2e-4),  # 64.7 87.3
    'byol-1pct': ('meta/train_1percent_labels.txt', 20.0, 1e-4),  # 53.6 78.5, 55.6 79.6
    'byol-10pct': ('meta/train_10percent_labels.txt', 5.0, 1e-4),  # 67.7 88.2, 68.9 89.0
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
labels, head_lr, backbone_lr = ROWS[row]
model = dict(backbone=dict(frozen_stages=-1, norm_eval=False))
train_dataloader = dict(dataset=dict(ann_file=labels))
optim_wrapper = dict(
    optimizer=dict(lr=head_lr),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=backbone_lr / head_lr))))
param_scheduler = [dict(type='MultiStepLR', milestones=[30, 40], gamma=0.1)]
train_cfg = dict(max_epochs=50)
