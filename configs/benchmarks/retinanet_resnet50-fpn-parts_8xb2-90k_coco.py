# Paper: SoCo 4.5, Table 7a. COCO detection by RetinaNet, 1x, with the neck.
# Command: OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/retinanet_resnet50-fpn-parts_8xb2-90k_coco.py --launcher pytorch --gpus 8
# Expected: configs/soco/README.md.
# Hardware: 8 GPUs, 2 images each. The host's recipe: one size, lr 0.01.
_base_ = './retinanet_resnet50-fpn_8xb2-ms-90k_coco.py'

# The host's neck, with norms. It begins at C3, so that the file's second level is its first; P6 and
# P7 start fresh, as the host starts them.
model = dict(neck=dict(
    _base_.model.neck.pyramid, _delete_=True, add_extra_convs='on_input', num_outs=5,
    init_cfg=dict(
        _base_.model.backbone.init_cfg, prefix='neck.',
        only={f'{convs}.{level}': f'{convs}.{level - 1}'
              for convs in ('lateral_convs', 'fpn_convs') for level in (1, 2, 3)},
        fresh={f'fpn_convs.{extra}': dict(
            type='Xavier', layer='Conv2d', distribution='uniform') for extra in (3, 4)})))
_base_.train_dataloader.dataset.pipeline[2] = dict(
    type='Resize', scale=(1333, 800), keep_ratio=True)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, end=500),
    _base_.param_scheduler[1],
]
custom_hooks = _base_.custom_hooks[:-1]  # the host's recipe measures no statistics anew
