# Paper: 4.1: RegionCL-M for 800 epochs.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb128-coslr-800e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 73.1 top-1 (Table 2), COCO Mask R-CNN FPN 2x 42.1 box and
#     38.2 mask AP (Table 11).
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = './regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
