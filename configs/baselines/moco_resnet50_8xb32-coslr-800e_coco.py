# Paper: MoCo v2, mmpretrain's, on COCO train2017, with the settings of the codes of
#     DenseCL and ORL.
# Command: mim train mmpretrain configs/baselines/moco_resnet50_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: OADP's rows of MoCo v2. VOC07 detection 52.1 AP (Table I), VOC07 "accuracy" 77.4 (II),
#     COCO FPN 1x 38.5 box and 34.8 mask AP (III), FCN 48.9 on VOC12 and 71.3 mIoU on Cityscapes
#     (V).
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = [
    '../_base_/models/moco_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/views/moco_v2.py',
    '../_base_/schedules/moco.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
