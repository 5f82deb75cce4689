# Paper: OADP IV-B 3, Table IV. COCO detection by DETR; stem and layer1 stay as pretrained.
# Command: OADP_CKPT=work_dirs/backbone.pth mim train onedl-mmdetection \
#     configs/benchmarks/detr_resnet50_8xb2-frozen-stage1-300e_coco.py --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md.
# Hardware: 8 GPUs, 2 images each. DETR's and UP-DETR's codes freeze so much; the text trains "all
#     layers" of Mask R-CNN and says nothing of DETR.
_base_ = './detr_resnet50_8xb2-300e_coco.py'

model = dict(backbone=dict(frozen_stages=1))
