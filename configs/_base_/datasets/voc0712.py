"""VOC 2007 and 2012 trainval as unlabelled images: 5,011 + 11,540 = 16,551."""
_base_ = './views_224.py'

train_dataloader = dict(dataset=dict(
    data_root=['{{$OADP_DATA:data}}/VOCdevkit/VOC2007', '{{$OADP_DATA:data}}/VOCdevkit/VOC2012'],
    list_file='ImageSets/Main/trainval.txt',
    prefix='JPEGImages/',
    suffix='.jpg'))
