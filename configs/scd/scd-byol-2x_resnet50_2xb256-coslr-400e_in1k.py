# Paper: 4.3, A.1 and B.1: SCD-BYOL (2x) for 400 epochs.
# Command: mim train mmpretrain configs/scd/scd-byol-2x_resnet50_2xb256-coslr-400e_in1k.py \
#     --launcher pytorch --gpus 2
# Expected: ImageNet linear classification 74.2 top-1, COCO FPN 42.1 box and 37.7 mask AP (Table 5).
# Hardware: the paper uses 2 A100: 2 GPUs, 256 images each.
import os

_base_ = './scd-byol-2x_resnet50_2xb256-coslr-200e_in1k.py'

train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 400))
