"""Faster R-CNN C4: the Mask R-CNN without masks, for VOC's 20 classes."""
_base_ = './mask-rcnn_resnet50-c4.py'

model = dict(
    type='FasterRCNN',
    data_preprocessor=dict(pad_mask=False),
    roi_head=dict(bbox_head=dict(num_classes=20), mask_head=None))
