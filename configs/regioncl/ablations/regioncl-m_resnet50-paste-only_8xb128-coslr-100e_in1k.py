# Paper: 4.5, Table 10: pastes alone, without the canvas as a negative.
# Command: mim train mmpretrain \
#     configs/regioncl/ablations/regioncl-m_resnet50-paste-only_8xb128-coslr-100e_in1k.py \
#     --launcher pytorch --gpus 8
# Expected: the paper's Table 10 gives 50.0 20-NN top-1, and 27.0 box AP after 12k steps on COCO.
# Hardware: 8 GPUs, 128 images each.
_base_ = [
    '../../_base_/models/regioncl-m_resnet50.py',
    '../../_base_/datasets/views_moco_v2.py',
    '../../_base_/schedules/sgd_lr15e-2_bs1024.py',
    '../../_base_/schedules/cosine_100e.py',
    '../../_base_/moco_runtime.py',
]

model = dict(canvas=False, negative=False)
