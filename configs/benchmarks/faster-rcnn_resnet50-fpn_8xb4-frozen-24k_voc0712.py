# Paper: OADP IV-B 1 by its numbers: the backbone frozen, 32 images a step, lr 0.02. Its "Mask
#     R-CNN" is a Faster R-CNN here, for VOC 2007 has no masks (O-23).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/faster-rcnn_resnet50-fpn_8xb4-frozen-24k_voc0712.py \
#     --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md; Table I does not say which of the two.
# Hardware: 8 GPUs, 4 images each.
_base_ = './faster-rcnn_resnet50-fpn_8xb2-24k_voc0712.py'

model = dict(backbone=dict(frozen_stages=4, norm_eval=True))
train_dataloader = dict(batch_size=4)
