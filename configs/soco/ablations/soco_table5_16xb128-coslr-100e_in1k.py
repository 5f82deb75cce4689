# Paper: 4.4, Table 5: pixels of V3, images a step, boxes of an image, and momentum of the target.
#     Random boxes (c) are no row: OADP_PROPOSALS may name a file of them.
# Command: OADP_ROW=view96 mim train mmpretrain \
#     configs/soco/ablations/soco_table5_16xb128-coslr-100e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x box and mask AP behind each row. SoCo: 42.3 37.6.
# Hardware: 16 GPUs, 128 images each but where a row says otherwise.
import os

_base_ = '../soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

ROWS = {
    'view96': dict(side=96),  # 42.1 37.7
    'view128': dict(side=128),  # 42.1 37.7
    'view160': dict(side=160),  # 42.0 37.6
    'view192': dict(side=192),  # 42.2 37.8
    'batch512': dict(batch=512),  # 41.7 37.6
    'batch1024': dict(batch=1024),  # 41.9 37.6
    'batch4096': dict(batch=4096),  # 41.4 37.3
    'boxes1': dict(count=1),  # 41.6 37.3
    'boxes8': dict(count=8),  # 41.6 37.4
    'boxes16': dict(count=16),  # 41.2 37.0
    'ema098': dict(ema_decay=0.98),  # 35.0 31.7
    'ema0993': dict(ema_decay=0.993),  # 41.8 37.6
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
chosen = dict(side=112, batch=2048, count=4, ema_decay=0.99) | ROWS[row]
model = dict(ema_decay=chosen['ema_decay'])
train_dataloader = dict(batch_size=chosen['batch'] // 16, dataset=dict(views=dict(
    each=dict(view3=dict(crop=dict(scale=chosen['side']))), boxes=dict(count=chosen['count']))))
optim_wrapper = dict(optimizer=dict(lr=chosen['batch'] / 256))
auto_scale_lr = dict(base_batch_size=chosen['batch'])
