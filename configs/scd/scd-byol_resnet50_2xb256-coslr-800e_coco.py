# Paper: 4 and A.1: SCD-BYOL on COCO train2017.
# Command: mim train mmpretrain configs/scd/scd-byol_resnet50_2xb256-coslr-800e_coco.py \
#     --launcher pytorch --gpus 2
# Expected: not in the paper, whose Table 7 is of SCD-ORL.
# Hardware: 2 GPUs, 256 images each.
_base_ = [
    '../_base_/models/scd-byol_resnet50.py',
    '../_base_/datasets/views_byol.py',
    '../_base_/schedules/sgd_lr5e-2_bs512.py',
    '../_base_/schedules/cosine_800e.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(dataset=dict(data_root='{{$OADP_DATA:data}}/coco/train2017'))
