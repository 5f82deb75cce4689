"""RegionCL on DenseCL (A.6): half the weight for views and regions, half for positions (R-4)."""
_base_ = './regioncl-m_resnet50.py'

model = dict(
    head=dict(loss_weight=0.5),
    dense_head=dict(
        type='oadp_mm.DenseContrastiveHead',
        projector=dict(hidden_channels=2048, out_channels=128, norm=False),
        queue_length=65536,
        temperature=0.2,
        loss_weight=0.5))
