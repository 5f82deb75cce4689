# Paper: 4.1: SoCo, the FPN form, for 400 epochs. As in the released code, V3 is a crop of its own
#     (S-2); here it has no cutout.
# Command: oadp-mm proposals data/imagenet/train --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco_resnet50-fpn_16xb128-coslr-400e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x 43.0 box and 38.2 mask AP, 2x 44.0 and 39.0 (Table 1).
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = './soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

train_dataloader = dict(dataset=dict(views=dict(boxes=dict(cutout=0.0))))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 400, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 400, eta_min=1e-6, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 400))
