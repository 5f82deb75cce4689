# Paper: SimCLR, mmpretrain's, on COCO train2017, with the settings of ORL's code.
# Command: mim train mmpretrain configs/baselines/simclr_resnet50_8xb64-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: OADP's rows of SimCLR. VOC07 "accuracy" 74.1 (Table II), COCO FPN 1x 38.0 box and 34.3
#     mask AP (III), FCN 48.7 on VOC12 and 67.9 mIoU on Cityscapes (V).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/models/simclr_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/views/simclr.py',
    '../_base_/schedules/simclr.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
