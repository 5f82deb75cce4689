"""NYU v2 depth as mmseg lays it out: 24,231 training frames of 640x480 px and 654 of the test.

Half the size as BYOL has it, training on the middle 304x228 px. Depths are judged on whole frames,
within the crop that all papers use, per image: the figures are means over images, not over pixels.
"""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/nyu'
train_data = dict(
    type='NYUDataset', data_root=data_root,
    data_prefix=dict(img_path='images/train', depth_map_path='annotations/train'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='oadp_mm.LoadDepth'),
        dict(type='Resize', scale_factor=0.5),
        # the host crops what it knows as a map of classes
        dict(
            type='KeyMapper', mapping=dict(img='img', gt_seg_map='gt_depth_map'), auto_remap=True,
            transforms=[dict(type='CenterCrop', crop_size=(304, 228))]),
        dict(type='RandomFlip', prob=0.5),
        # brightness by up to 0.1255 of 255, saturation by 0.5 to 1.5, hue by up to 0.2 of 180
        dict(
            type='PhotoMetricDistortion', brightness_delta=32, contrast_range=(1, 1),
            saturation_range=(0.5, 1.5), hue_delta=36),
        dict(type='RandomGrayscale', prob=0.3, keep_channels=True),
        dict(type='PackSegInputs'),
    ])
val_data = dict(
    type='NYUDataset', data_root=data_root, test_mode=True,
    data_prefix=dict(img_path='images/test', depth_map_path='annotations/test'),
    pipeline=[
        dict(type='LoadImageFromFile'),
        dict(type='Resize', scale_factor=0.5),
        dict(type='oadp_mm.LoadDepth'),  # after the resize: as large as the frame was
        dict(type='PackSegInputs'),
    ])
val_evaluator = test_evaluator = dict(
    # all its figures: it fails where some are asked for
    type='DepthMetric', min_depth_eval=1e-3, max_depth_eval=10.0, crop_type='nyu_crop')
