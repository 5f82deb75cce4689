# Paper: A.1: RegionCL-M for 400 epochs.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50_8xb128-coslr-400e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 72.1 top-1, fine-tuned 77.8, COCO Mask R-CNN FPN 2x 41.9
#     box and 38.0 mask AP (Table 11).
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = './regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 400))
