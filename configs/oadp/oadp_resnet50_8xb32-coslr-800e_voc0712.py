# Paper: III and IV-A: OADP on VOC 07+12 trainval, lr 0.2.
# Command: mim train mmpretrain configs/oadp/oadp_resnet50_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: 66.8 VOC07 "accuracy" of the linear layer (Table II).
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = [
    '../_base_/models/oadp_resnet50.py',
    '../_base_/images/voc0712.py',
    '../_base_/views/oadp.py',
    '../_base_/schedules/oadp.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
