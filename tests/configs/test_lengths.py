"""A training's length is written once: rates and crops follow, whoever overrides it."""
from __future__ import annotations

import math
import re

import pytest
from mmengine.registry import TRANSFORMS

from tests.configs.leaves import CONFIGS, LEAVES, is_pretraining, option, read, views
from tests.configs.leaves import load as load_once
from tests.configs.rates import EPOCH, learning_rates

PRETRAINING = [name for name in LEAVES if is_pretraining(load_once(name))]
#: Epochs of the paper's warm-up and of its training, or of ours.
WARM_UP = {
    'oadp/oadp_resnet50_8xb32-coslr-800e_coco.py': (4, 800),
    'oadp/oadp_resnet50_1xb32-accum8-coslr-200e_folder.py': (4, 200),
    'oadp/oadp_resnet18_1xb64-coslr-20e_grocery-96x96.py': (0, 20),
    'regioncl/regioncl-m_resnet50_8xb128-coslr-200e_in1k.py': (0, 200),
    'regioncl/regioncl-moby_swin-tiny_8xb64-coslr-100e_in1k.py': (5, 100),
    'regioncl/regioncl-m3_vit-small-p16_32xb128-coslr-300e_in1k.py': (40, 300),
    'scd/scd-byol_resnet18_1xb32-coslr-7e_digits.py': (0, 7),
    'baselines/byol_resnet18_1xb64-coslr-20e_grocery-96x96.py': (0, 20),
    'oadp/oadp_resnet18_1xb32-coslr-7e_digits.py': (1, 7),
    'soco/soco_resnet50-fpn_16xb128-coslr-100e_in1k.py': (10, 100),
    'soco/soco-star_resnet50-fpn_16xb128-coslr-400e_in1k.py': (10, 400),
    'soco/soco_resnet50-fpn_16xb128-coslr-530e_coco-unlabeled.py': (10, 530),
}
ENDLESS = {'CosineAnnealingLR', 'oadp_mm.WarmUpLR', 'oadp_mm.CosineLR'}


@pytest.mark.parametrize('name', PRETRAINING)
class TestPretraining:
    def test_no_schedule_has_an_end_of_its_own(self, name, load):
        for part in load(name).param_scheduler:
            assert part.type in ENDLESS
            assert not {'begin', 'end', 'T_max'} & set(part)

    def test_the_environment_sets_the_length(self, name, load):
        assert load(name, OADP_EPOCHS='6').train_cfg.max_epochs == 6
        assert load(name, OADP_EPOCHS='6', OADP_QUICK='1').train_cfg.max_epochs == 6
        assert load(name, OADP_EPOCHS='').train_cfg == load(name).train_cfg

    def test_the_length_is_that_of_the_name(self, name, load):
        for epochs in re.findall(r'-(\d+)e[_-]', name):
            assert load(name).train_cfg.max_epochs == int(epochs)

    def test_the_text_says_it_once(self, name):
        code = re.sub('#.*', '', (CONFIGS / name).read_text())
        assert code.count('max_epochs') <= 1

    def test_what_is_no_number_of_epochs_is_refused(self, name):
        refuse('abc', name)
        refuse('0', name)


def refuse(length: str, name: str) -> None:
    with pytest.raises(ValueError, match=f'^OADP_EPOCHS={length} is no number of epochs: give a '
                                         'whole number above 0'):
        read(name, OADP_EPOCHS=length)


@pytest.mark.parametrize('length', ['00', '-3', '2.5', ' ', '1e3', '5 epochs'])
def test_lengths_that_are_none(length):
    refuse(length, PRETRAINING[0])


def overridden(name: str, how: str, epochs: int, load):
    if how == 'environment':
        return load(name, OADP_EPOCHS=str(epochs))
    config = load(name)
    config.merge_from_dict({'train_cfg.max_epochs': epochs})
    return config


@pytest.mark.parametrize('how', ['environment', 'cfg-options'])
@pytest.mark.parametrize(('name', 'shares'), WARM_UP.items())
def test_rates_follow_the_length(name, shares, how, load):
    rates = learning_rates(overridden(name, how, 40, load))
    base = load(name).optim_wrapper.optimizer.lr
    least = 5e-6 if 'moby' in name else 1e-6 if 'soco' in name else 0
    warm_up, epochs = shares
    start = round(40 * EPOCH * warm_up / epochs)
    if not warm_up and not load(name).param_scheduler[0].get('convert_to_iter_based'):
        rates = rates[::EPOCH]  # they change with the epoch
    assert rates.index(max(rates)) in {start, max(start - 1, 0)}
    begin = 0 if 'moby' in name else start  # timm's cosine begins with the training
    for step in range(start, len(rates), 7):
        share = (step - begin) / (len(rates) - begin)
        assert rates[step] == pytest.approx(
            least + (base - least) * (1 + math.cos(math.pi * share)) / 2)


@pytest.mark.parametrize('how', ['environment', 'cfg-options'])
@pytest.mark.parametrize('name', [name for name in WARM_UP if 'oadp_' in name])
def test_crops_begin_to_shrink_halfway(name, how, load):
    """The paper: after 400 of 800 epochs."""
    config = overridden(name, how, 40, load)
    for view, bounds in zip(views(config), [(0.6,), (0.3, 1.0)], strict=True):
        crop = TRANSFORMS.build(view[0])
        crop.set_length(config.train_cfg.max_epochs)
        for epoch in (1, 20, 21, 22, 40):
            crop.set_epoch(epoch)
            d = 0.04 * math.log(epoch - 20) if epoch > 20 else 0
            assert crop.current_scale[-len(bounds):] == pytest.approx([b - d for b in bounds])


@pytest.mark.parametrize(('quick', 'epochs'), [('1', 4), ('0', 7)])
def test_a_quick_look_is_shorter(quick, epochs, load):
    for name in (name for name in PRETRAINING if name.endswith('_digits.py')):
        assert load(name, OADP_QUICK=quick).train_cfg.max_epochs == epochs


#: Has a warm-up, and a rate for 32 images.
OLD_DEMO = 'oadp/oadp_resnet18_1xb32-coslr-7e_digits.py'


def test_small_forms_share_one_budget(load):
    """`oadp-mm compare` holds methods against each other on equal terms."""
    optimizer = [f'optim_wrapper.optimizer.{key}' for key in ('type', 'momentum', 'weight_decay')]
    terms = {'train_cfg', 'param_scheduler', *optimizer, 'auto_scale_lr',
             'train_dataloader.batch_size', 'train_dataloader.num_workers',
             'train_dataloader.dataset.dataset', 'model.backbone.depth', 'default_hooks'}
    for end, methods in (('_grocery-96x96.py', 16), ('_resnet18_1xb32-coslr-7e_digits.py', 7)):
        found = [{term: option(load(name), term) for term in terms}
                 for name in PRETRAINING if name.endswith(end) and name != OLD_DEMO]
        assert len(found) == methods
        assert all(budget == found[0] for budget in found)
    # The rate is that of the method's kin: what predicts an EMA target, as BYOL does, or others.
    for name in PRETRAINING:
        if name.endswith('_grocery-96x96.py'):
            kin = any(method in name for method in ('byol', 'oadp/', 'orl', 'soco'))
            assert load(name).optim_wrapper.optimizer.lr == (0.1 if kin else 0.03)
