# Paper: III and IV-A in small, on real images: photos of coco128 and frames of CamVid, unlabelled.
# Command: OADP_DATA=path/to/data mim train mmpretrain \
#     configs/oadp/oadp_resnet18_1xb32-coslr-12e_coco128-camvid.py
# Expected: not in the paper; docs/reproduce.md has ours.
# Hardware: 2 CPU cores, about 10 minutes.
import os

_base_ = './oadp_resnet50_8xb32-coslr-800e_coco.py'

data_root = os.environ.get('OADP_DATA', 'data')
train_dataloader = dict(num_workers=2, dataset=dict(
    dataset=dict(
        data_root=[data_root + '/coco128/images', data_root + '/camvid/images/train'],
        # every fourth of the 128 photos is kept for validation; all 367 training frames
        indices=[i for i in range(128 + 367) if i >= 128 or i % 4 != 3]),
    views=dict(crop=dict(size=160))))
model = dict(backbone=dict(depth=18, zero_init_residual=True), head=dict(hidden_channels=1024))
optim_wrapper = dict(optimizer=dict(lr=0.025))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=1 / 12, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=1 / 12, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 12))
auto_scale_lr = dict(base_batch_size=32)
default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=1), logger=dict(interval=5))
