# Paper: IV-B 2, which gives lr 0.1 for VOC 07+12 where IV-A gives 0.2 (O-22).
# Command: mim train mmpretrain configs/oadp/oadp_resnet50_8xb32-coslr-800e-lr1e-1_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: 66.8 VOC07 "accuracy" of the linear layer (Table II).
# Hardware: 8 GPUs, 32 images each.
_base_ = './oadp_resnet50_8xb32-coslr-800e_voc0712.py'

optim_wrapper = dict(optimizer=dict(lr=0.1))
