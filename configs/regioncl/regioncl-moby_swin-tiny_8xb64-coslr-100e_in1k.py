# Paper: 4.4: RegionCL on MoBy, 100 epochs.
# Command: mim train mmpretrain configs/regioncl/regioncl-moby_swin-tiny_8xb64-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 73.9 top-1 (Table 8).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = './regioncl-moby_swin-tiny_8xb64-coslr-300e_in1k.py'

param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=5 / 100, start_factor=5e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=5 / 100, eta_min=5e-6, whole=True, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 100))
