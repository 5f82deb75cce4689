# Paper: SoCo 4.5, Table 8. Mini COCO: 5 or 10 % of train2017 at the schedule of the whole.
# Command: OADP_ROW=5pct OADP_CKPT=work_dirs/parts.pth mim train onedl-mmdetection \
#     configs/benchmarks/mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_mini-coco.py \
#     --launcher pytorch --gpus 8
# Expected: box / mask AP of SoCo* behind each row; configs/soco/README.md has SoCo's.
# Hardware: 8 GPUs, 2 images each. The paper's draw is not published: these are the first of the
#   117,266 images with boxes in the annotations' own order, which is none of content.
import os

_base_ = './mask-rcnn_resnet50-fpn-parts_8xb2-ms-90k_coco.py'

ROWS = {
    '5pct': 5863,  # 26.8 23.8
    '10pct': 11727,  # 31.1 27.6
}
row = os.environ.get('OADP_ROW', next(iter(ROWS)))
if row not in ROWS:
    raise ValueError(f'OADP_ROW={row} is no row of this table: choose from {", ".join(ROWS)}')
work_dir = 'work_dirs/{{ fileBasenameNoExtension }}/' + row
train_dataloader = dict(dataset=dict(indices=ROWS[row]))
