"""The 100 classes of ImageNet in meta/train_100.txt, one n0.../....JPEG a line, unlabelled."""
import os

images = dict(
    type='oadp_mm.ImageFolder', data_root=os.environ.get('OADP_DATA', 'data') + '/imagenet',
    list_file='meta/train_100.txt', prefix='train/', pipeline=[dict(type='oadp_mm.LoadImage')])
