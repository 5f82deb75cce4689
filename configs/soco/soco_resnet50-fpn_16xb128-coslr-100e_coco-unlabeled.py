# Paper: 4.5, Table 9: SoCo on images of many objects. The code has no config of it: V3 is a crop of
#     its own as elsewhere (S-2), without cutout.
# Command: oadp-mm proposals data/coco --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco_resnet50-fpn_16xb128-coslr-100e_coco-unlabeled.py \
#     --amp --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x 37.3 box and 33.5 mask AP.
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/models/soco_resnet50.py',
    '../_base_/images/coco_unlabeled.py',
    '../_base_/proposals.py',
    '../_base_/views/soco.py',
    '../_base_/schedules/soco.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(batch_size=128, dataset=dict(
    dataset=_base_.pop('images'), proposals=_base_.pop('proposals'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 100))
