"""COCO train2017 and unlabeled2017: 118,287 + 123,403 = 241,690."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/coco/'
images = dict(
    type='oadp_mm.ImageFolder',
    data_root=[data_root + 'train2017', data_root + 'unlabeled2017'],
    pipeline=[dict(type='oadp_mm.LoadImage')])
