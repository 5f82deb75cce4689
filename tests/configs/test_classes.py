"""Data sets and heads of every detector here pass the checks that a user's own are held to."""
from __future__ import annotations

import pytest

from oadp_mm.datasets.annotated_classes import check_classes, check_heads
from tests.configs import leaves


@pytest.mark.parametrize('name', [
    case for case in leaves.CASES if leaves.load(case).default_scope == 'mmdet'])
def test_classes_of_config_and_annotations_agree(name, load, tiny_data):
    config = load(name, OADP_DATA=str(tiny_data))
    for loader in (config.train_dataloader, config.val_dataloader):
        check_classes(loader.dataset)
        check_heads(config.model, loader.dataset)
