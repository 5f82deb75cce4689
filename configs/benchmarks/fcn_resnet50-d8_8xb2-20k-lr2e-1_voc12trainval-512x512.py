# Paper: OADP IV-B 4 to the letter: lr 0.2, and VOC 2012 trainval, half of which (1,449 of 2,913) are
#     the val images that are judged: a leak, so its mIoU compares with nothing but itself (O-25).
# Command: OADP_CKPT=work_dirs/backbone.pth mim train mmsegmentation \
#     configs/benchmarks/fcn_resnet50-d8_8xb2-20k-lr2e-1_voc12trainval-512x512.py \
#     --launcher pytorch --gpus 8
# Expected: configs/oadp/README.md; Table V does not say whether it was so.
# Hardware: 8 GPUs, 2 crops each.
_base_ = './fcn_resnet50-d8_8xb2-20k_voc12aug-512x512.py'

# The first part, VOC's own train, by another list.
train_dataloader = dict(dataset=dict(
    _delete_=True, **{**_base_.train_dataloader.dataset.datasets[0],
                      'ann_file': 'ImageSets/Segmentation/trainval.txt'}))
optim_wrapper = dict(optimizer=dict(lr=0.2))
