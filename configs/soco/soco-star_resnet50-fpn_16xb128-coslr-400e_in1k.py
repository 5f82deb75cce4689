# Paper: 4.1 and 4.3: SoCo*, with a fourth view. As in the released code, which has the paper's
#     views under other names (S-7): V3 is a crop at 192, V4 is V2 at 112. It has no cutout.
# Command: oadp-mm proposals data/imagenet/train --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco-star_resnet50-fpn_16xb128-coslr-400e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x 43.2 box and 38.4 mask AP, 2x 44.3 and 39.6 (Table 1).
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = './soco_resnet50-fpn_16xb128-coslr-100e_in1k.py'

train_dataloader = dict(dataset=dict(views=dict(
    each=dict(
        view3=dict(crop=dict(scale=192)),
        view4=dict(crop=dict(
            type='oadp_mm.ResizedWindow', scale=112, like='view2'))),
    boxes=dict(cutout=0.0))))
model = dict(pairs=((0, 1), (1, 0), (0, 2), (2, 0), (0, 3), (3, 0)))
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 400, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 400, eta_min=1e-6, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 400))
