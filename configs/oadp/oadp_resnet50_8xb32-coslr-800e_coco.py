# Paper: III and IV-A: OADP on COCO train2017, the main experiment.
# Command: mim train mmpretrain configs/oadp/oadp_resnet50_8xb32-coslr-800e_coco.py \
#     --launcher pytorch --gpus 8
# Expected: VOC detection 56.7 AP (Table I), VOC07 classification 86.9 (II), COCO 40.5 box and 36.4
#     mask AP (III), VOC 57.6 and Cityscapes 75.9 mIoU (V), by configs/benchmarks.
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = [
    '../_base_/models/oadp_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/views/oadp.py',
    '../_base_/schedules/oadp.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
