# Paper: RegionCL 4.1, Table 3. A linear layer on the frozen backbone, a part of the labels.
# Command: OADP_ROW=1pct OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-linear-steplr-50e_in1k-part.py --launcher pytorch --gpus 8
# Expected: top-1 of RegionCL-M, -D and -S behind each row.
# Hardware: 8 GPUs, 32 images each. Inferred: the paper gives no recipe, but the arguments in its log
#     of all labels are those of EMAN's script, whose recipe for parts and lists these are
#     (configs/regioncl/README.md).
import os

_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

ROWS = {
    '1pct': 'meta/train_1p_labels.txt',  # 46.1 47.8 42.3
    '10pct': 'meta/train_10p_labels.txt',  # 60.4 60.4 59.9
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
train_dataloader = dict(batch_size=32, dataset=dict(ann_file=ROWS[row]))
param_scheduler = [dict(type='MultiStepLR', milestones=[30, 40], gamma=0.1)]
train_cfg = dict(max_epochs=50, val_interval=5)
auto_scale_lr = dict(base_batch_size=256)
