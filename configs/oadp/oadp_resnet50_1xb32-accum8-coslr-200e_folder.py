# Paper: III and IV-A on your own images.
# Command: OADP_IMAGES=path/to/images mim train mmpretrain \
#     configs/oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder.py
#     For 8 GPUs add --launcher pytorch --gpus 8 --cfg-options optim_wrapper.accumulative_counts=1,
#     for another length OADP_EPOCHS=N or train_cfg.max_epochs=N there: everything follows it.
# Expected: not in the paper.
# Hardware: 1 GPU, 32 images, 8 batches an optimizer step: 256 images as in the paper.
import os

_base_ = './oadp_resnet50_8xb32-coslr-800e_coco.py'

train_dataloader = dict(dataset=dict(dataset=dict(
    data_root=os.environ.get('OADP_IMAGES', 'data/images'),
    # Large photos are decoded smaller; a tenth of the area still has 280 pixels a side or more.
    pipeline=[dict(type='oadp_mm.LoadImage', min_side=1024)])))
# Residual branches start at zero, as in all short trainings (docs/algorithms/oadp.md, O-30).
model = dict(backbone=dict(zero_init_residual=True))
optim_wrapper = dict(accumulative_counts=8)
param_scheduler = [
    dict(type='oadp_mm.WarmUpLR', until=4 / 200, start_factor=1e-4, by_epoch=False),
    dict(type='oadp_mm.CosineLR', after=4 / 200, by_epoch=False),
]
train_cfg = dict(max_epochs=int(os.environ.get('OADP_EPOCHS') or 200))
