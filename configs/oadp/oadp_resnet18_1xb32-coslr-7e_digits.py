# Paper: III and IV-A in small, on scenes of handwritten digits composed while training.
# Command: mim train mmpretrain configs/oadp/oadp_resnet18_1xb32-coslr-7e_digits.py
# Expected: not in the paper.
# Hardware: 2 CPU cores, about 4 minutes; OADP_QUICK=1 one minute.
import os

_base_ = './oadp_resnet50_8xb32-coslr-800e_coco.py'

quick = os.environ.get('OADP_QUICK') == '1'
train_dataloader = dict(num_workers=1, dataset=dict(
    dataset=dict(
        _delete_=True, type='oadp_mm.DigitScenes', num_scenes=256 if quick else 448,
        size=(160, 160)),
    views=dict(crop=dict(size=128))))
model = dict(backbone=dict(depth=18, zero_init_residual=True), head=dict(hidden_channels=1024))
optim_wrapper = dict(optimizer=dict(lr=0.025))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=1 / 7, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=1 / 7, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or (4 if quick else 7)))
auto_scale_lr = dict(base_batch_size=32)
default_hooks = dict(checkpoint=dict(interval=1, max_keep_ckpts=1), logger=dict(interval=2))
