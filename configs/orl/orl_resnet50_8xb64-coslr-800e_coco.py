# Paper: stage 3: ORL on COCO train2017, from random weights.
# Command: mim train mmpretrain configs/orl/orl_resnet50_8xb64-coslr-800e_coco.py --amp \
#     --launcher pytorch --gpus 8
#     (README.md has the commands of stage 2, which make OADP_CORRESPONDENCES of stage 1)
# Expected: COCO FPN 1x 40.3 box and 36.3 mask AP (OADP, Table III; SCD, Table 7), VOC07 86.7 mAP
#     (OADP, Table II).
# Hardware: 8 GPUs, 64 images each.
import os

_base_ = [
    '../_base_/models/orl_resnet50.py',
    '../_base_/images/coco.py',
    '../_base_/correspondences.py',
    '../_base_/views/orl.py',
    '../_base_/schedules/orl.py',
    '../_base_/pretrain_runtime.py',
]

train_dataloader = dict(batch_size=64, dataset=dict(
    dataset=_base_.pop('images'), correspondences=_base_.pop('correspondences'),
    views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
