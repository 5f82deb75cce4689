# Paper: 3 and 4.1: SoCo, the FPN form. As in the released code of this length, which the paper does
#     not say: V3 is a crop of its own (S-2), and boxes of V2 and V3 lose squares (S-4).
# Command: oadp-mm proposals data/imagenet/train --out work_dirs/proposals.npz --method soco-code
#     mim train mmpretrain configs/soco/soco_resnet50-fpn_16xb128-coslr-100e_in1k.py --amp \
#     --launcher slurm --gpus 16 --gpus-per-node 8 --partition PARTITION
# Expected: COCO FPN 1x 42.3 box and 37.6 mask AP, 2x 43.2 and 38.8 (Table 1).
# Hardware: 16 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/models/soco_resnet50.py',
    '../_base_/images/in1k.py',
    '../_base_/proposals.py',
    '../_base_/views/soco.py',
    '../_base_/schedules/soco.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.boxes.cutout = 0.5
train_dataloader = dict(batch_size=128, dataset=dict(
    dataset=_base_.pop('images'), proposals=_base_.pop('proposals'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 100))
