# Paper: 3, A.6 and A.7: RegionCL-D, on DenseCL.
# Command: mim train mmpretrain configs/regioncl/regioncl-d_resnet50_8xb128-coslr-200e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 68.5 top-1 (Table 1), COCO Mask R-CNN FPN 1x 40.4 box and
#     36.7 mask AP (Table 4).
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = [
    '../_base_/models/regioncl-m_resnet50.py',
    '../_base_/images/in1k.py',
    '../_base_/views/moco_v2.py',
    '../_base_/pretrain_runtime.py',
]

# Half the weight for views and regions, half for positions.
model = dict(
    head=dict(loss_weight=0.5),
    dense_head=dict(
        type='oadp_mm.DenseContrastiveHead',
        projector=dict(hidden_channels=2048, out_channels=128, norm=False), queue_length=65536,
        temperature=0.2, loss_weight=0.5))
train_dataloader = dict(
    batch_size=128, dataset=dict(dataset=_base_.pop('images'), views=_base_.pop('views')))
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.15, momentum=0.9, weight_decay=1e-4))
param_scheduler = [dict(type='CosineAnnealingLR')]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
auto_scale_lr = dict(base_batch_size=1024, enable=False)
sync_bn = None  # shuffling the keys is for batch norm of a GPU's own images
