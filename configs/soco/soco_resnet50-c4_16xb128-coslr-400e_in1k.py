# Paper: 3.3 and 4.1: SoCo, the C4 form, for 400 epochs; the released code's as for 100.
# Command: oadp-mm proposals data/imagenet/train --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco_resnet50-c4_16xb128-coslr-400e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO C4 1x 40.9 box and 35.3 mask AP, 2x 42.0 and 36.3 (Table 2), VOC 07+12 59.7 AP (3).
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = './soco_resnet50-c4_16xb128-coslr-100e_in1k.py'

param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 400, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 400, eta_min=1e-6, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 400))
