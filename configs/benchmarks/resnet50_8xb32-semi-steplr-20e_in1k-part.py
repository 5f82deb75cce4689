# Paper: ORL A (supplement). The whole network fine-tuned on a part of ImageNet's labels.
# Command: OADP_ROW=1pct OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb32-semi-steplr-20e_in1k-part.py --launcher pytorch --gpus 8
# Expected: not in the supplement.
# Hardware: 8 GPUs, 32 images each. SimCLR's subset (configs/scd/README.md). The released config of
#     10 % have no weight decay or 5e-4; this one has the text's.
import os

_base_ = './resnet50_8xb32-linear-coslr-100e_in1k.py'

# list of labels, weight decay
ROWS = {
    '1pct': ('meta/train_1percent_labels.txt', 0.0),
    '10pct': ('meta/train_10percent_labels.txt', 1e-4),
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
labels, weight_decay = ROWS[row]
model = dict(backbone=dict(frozen_stages=-1, norm_eval=False))
train_dataloader = dict(dataset=dict(ann_file=labels))
optim_wrapper = dict(
    optimizer=dict(lr=1.0, weight_decay=weight_decay),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.01))))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 16], gamma=0.2)]
train_cfg = dict(max_epochs=20)
