# Paper: MoCo v2, mmpretrain's, on VOC 07+12 trainval. No paper says how; as on COCO,
#     so that the queue holds the keys of four epochs.
# Command: mim train mmpretrain configs/baselines/moco_resnet50_8xb32-coslr-800e_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: 60.6 VOC07 "accuracy" of the linear layer (OADP's Table II).
# Hardware: 8 GPUs, 32 images each.
import os

_base_ = [
    '../_base_/models/moco_resnet50.py',
    '../_base_/images/voc0712.py',
    '../_base_/views/moco_v2.py',
    '../_base_/schedules/moco.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
