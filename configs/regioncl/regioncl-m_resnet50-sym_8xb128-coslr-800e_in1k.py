# Paper: 4.1: RegionCL-M for 800 epochs with both views as queries.
# Command: mim train mmpretrain configs/regioncl/regioncl-m_resnet50-sym_8xb128-coslr-800e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: ImageNet linear classification 73.9 top-1 (Table 2).
# Hardware: 8 GPUs, 128 images each.
import os

_base_ = './regioncl-m_resnet50_8xb128-coslr-200e_in1k.py'

model = dict(pairs=((0, 1), (1, 0)))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
