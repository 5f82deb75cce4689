"""VOC 2007 and 2012 trainval as unlabelled images: 5,011 + 11,540 = 16,551."""
import os

data_root = os.environ.get('OADP_DATA', 'data') + '/VOCdevkit/'
images = dict(
    type='oadp_mm.ImageFolder', data_root=[data_root + 'VOC2007', data_root + 'VOC2012'],
    list_file='ImageSets/Main/trainval.txt', prefix='JPEGImages/', suffix='.jpg',
    pipeline=[dict(type='oadp_mm.LoadImage')])
