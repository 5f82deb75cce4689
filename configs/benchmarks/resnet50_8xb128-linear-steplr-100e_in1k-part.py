# Paper: RegionCL 4.1, Table 3. A linear layer on the frozen backbone, a part of the labels.
# Command: OADP_ROW=1pct OADP_CKPT=work_dirs/backbone.pth mim train mmpretrain \
#     configs/benchmarks/resnet50_8xb128-linear-steplr-100e_in1k-part.py \
#     --launcher pytorch --gpus 8
# Expected: top-1 of RegionCL-M, -D and -S behind each row.
# Hardware: 8 GPUs, 128 images each. The schedule is that of all labels, since the paper gives none;
#     its random subset is unknown, this one is SimCLR's (configs/scd/README.md).
import os

_base_ = './resnet50_8xb128-linear-steplr-100e_in1k.py'

ROWS = {
    '1pct': 'meta/train_1percent_labels.txt',  # 46.1 47.8 42.3
    '10pct': 'meta/train_10percent_labels.txt',  # 60.4 60.4 59.9
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
train_dataloader = dict(dataset=dict(ann_file=ROWS[row]))
