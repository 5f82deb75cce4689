# Paper: BYOL, mmpretrain's, on COCO train2017, with the settings of ORL's first
#     stage, which is OADP's rate an image, too.
# Command: mim train mmpretrain configs/baselines/byol_resnet50_8xb64-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: OADP's rows of BYOL. VOC07 detection 53.7 AP (Table I), VOC07 "accuracy" 80.8 (II), COCO
#     FPN 1x 39.4 box and 35.6 mask AP (III), DETR 32.5 (IV), FCN 55.7 on VOC12 and 74.1 mIoU on
#     Cityscapes (V).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/models/byol_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/views/byol.py',
    '../_base_/schedules/orl.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.crop.interpolation = 'bilinear'
train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
