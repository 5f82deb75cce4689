# Paper: Table 7: SCD-ORL on COCO, ORL's third stage with the semantic loss on whole views and
#     patches (D-9).
# Command: mim train mmpretrain configs/scd/scd-orl_resnet50_8xb64-coslr-800e_coco.py --amp \
#     --launcher pytorch --gpus 8
#     (configs/orl/README.md has the commands that make OADP_CORRESPONDENCES)
# Expected: COCO FPN 1x 40.6 box and 36.5 mask AP; ORL 40.3 and 36.3.
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

model = dict(semantic_head=dict(
    type='oadp_mm.SemanticHead',
    projector=dict(hidden_channels=4096, out_channels=256, last_bias=False),
    margin=1.0, loss_weight=0.5))
train_dataloader = dict(batch_size=64, dataset=dict(
    dataset=_base_.pop('images'), correspondences=_base_.pop('correspondences'),
    views=_base_.pop('views')))
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 800))
