# Paper: BYOL, mmpretrain's, on VOC 07+12 trainval. No paper says how; as on COCO.
# Command: mim train mmpretrain configs/baselines/byol_resnet50_8xb64-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: 64.7 VOC07 "accuracy" of the linear layer (OADP's Table II).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/models/byol_resnet50.py',
    '../_base_/images/voc0712.py',
    '../_base_/views/byol.py',
    '../_base_/schedules/orl.py',
    '../_base_/pretrain_runtime.py',
]

_base_.views.crop.interpolation = 'bilinear'
train_dataloader = dict(
    batch_size=64, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
