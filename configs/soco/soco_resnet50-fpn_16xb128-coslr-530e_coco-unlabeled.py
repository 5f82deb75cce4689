# Paper: 4.5, Table 9: SoCo on images of many objects, in as many steps as 100 epochs of ImageNet.
# Command: oadp-mm proposals data/coco --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco_resnet50-fpn_16xb128-coslr-530e_coco-unlabeled.py \
#     --amp --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x 40.6 box and 36.4 mask AP.
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = './soco_resnet50-fpn_16xb128-coslr-100e_coco-unlabeled.py'

param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=10 / 530, start_factor=0.01, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=10 / 530, eta_min=1e-6, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 530))
