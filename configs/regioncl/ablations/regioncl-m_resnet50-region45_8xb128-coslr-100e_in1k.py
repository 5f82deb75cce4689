# Paper: 4.5, Table 9: regions of 4 to 5 cells a side instead of 3 to 5.
# Command: mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_resnet50-region45_8xb128-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 9 gives 53.9 20-NN top-1, and 27.9 box AP after 12k steps on COCO.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../../_base_/models/regioncl-m_resnet50.py',
    '../../_base_/datasets/views_moco_v2.py',
    '../../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../../_base_/schedules/cosine_100e.py',
    '../../_base_/moco_runtime.py',
]

model = dict(region=(4, 5))
