# Paper: 3 and A.7: RegionCL-M, on MoCo v2, the main experiment.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 69.4 top-1 (Table 1), COCO Mask R-CNN FPN 1x 40.1 box and
#     36.3 mask AP (Table 4).
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/images/in1k.py',
    '../_base_/views/moco_v2.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(
    batch_size=128, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.15, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
auto_scale_lr = dict(base_batch_size=1024, enable=False)
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
