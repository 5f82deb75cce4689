"""A host's model with another backbone and other classes."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from oadp_mm.files.whole_module import listing
from oadp_mm.models.pretrainer import feature_channels
from oadp_mm.probes.backbones import build_backbone, tensor_shapes

#: What makes a ResNet's tensors, and how its residual branches start: the start's.
_TENSORS = ('depth', 'base_channels', 'stem_channels', 'style', 'avg_down', 'zero_init_residual')
#: What a model does with a ResNet: the model's.
_USE = ('out_indices', 'strides', 'dilations', 'frozen_stages', 'norm_cfg', 'norm_eval', 'with_cp')
#: What the hosts' ResNets know besides, and mmpretrain's does not.
_USE_OF_HOST = ('num_stages', 'contract_dilation', 'multi_grid', 'dcn', 'stage_with_dcn', 'plugins')
_STAGES = (0, 1, 2, 3)


def adapted_model(model: Mapping[str, Any], architecture: Mapping[str, Any],
                  preprocessor: Mapping[str, Any], classes: int) -> dict[str, Any]:
    """A model's config for a start's backbone and the data's classes.

    Args:
        model: of a host.
        architecture: of the backbone, as mmpretrain's config has it.
        preprocessor: mean, std and channels of its images; empty leaves the model's.
        classes: how many.

    Raises:
        ValueError: the model takes other maps than the backbone gives, or uses it in a way in which
            it has other tensors.
    """
    model = _plain(model)
    assert isinstance(model, dict)
    for key in ('pretrained', 'init_cfg'):
        if key in model:
            model[key] = None
    backbone = model['backbone'] = _backbone(model['backbone'], architecture)
    _set_channels(model, feature_channels(_built(backbone, architecture)))
    _set_classes(model, classes)
    if preprocessor:
        model.setdefault('data_preprocessor', {}).update(
            mean=list(preprocessor['mean']), std=list(preprocessor['std']),
            bgr_to_rgb=preprocessor['channels'] == 'RGB', rgb_to_bgr=False)
    return model


def _backbone(model: Mapping[str, Any], architecture: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(architecture['type']).rpartition('.')[2]
    resnets = all('ResNet' in str(each['type']) for each in (model, architecture))
    indices = tuple(model.get('out_indices', _STAGES))
    if not set(indices) <= set(_STAGES):
        raise ValueError(f'the model takes the maps {list(indices)} of a {model["type"]}, which no '
                         'ResNet has: give a model on a ResNet')
    use = {key: model[key] for key in _USE if key in model} if resnets else {}
    if kind == 'ResNet' and not architecture.get('deep_stem'):
        host = {key: model[key] for key in _USE_OF_HOST if key in model} if resnets else {}
        tensors = {key: architecture[key] for key in _TENSORS if key in architecture}
        # mmpretrain's own default, where the hosts take base_channels.
        tensors.setdefault('stem_channels', 64)
        return {'type': 'ResNet', **tensors, **host, **use, 'out_indices': indices}
    # Tensors of other kinds have other names in the hosts than in mmpretrain.
    own = {key: value for key, value in architecture.items()
           if key not in use and key not in ('init_cfg', 'out_indices')}
    return {**own, **use, 'type': f'mmpretrain.{kind}', 'out_indices': indices}


def _built(backbone: Mapping[str, Any], architecture: Mapping[str, Any]) -> nn.Module:
    """The start's backbone as mmpretrain builds it for the use that the model makes of it."""
    use = {key: backbone[key] for key in _USE if key in backbone}
    built = build_backbone({**architecture, **use})
    here = {key: tensor.shape for key, tensor in built.state_dict().items()}
    there = tensor_shapes(architecture)
    if here != there:
        changed = sorted(key for key in here.keys() | there if here.get(key) != there.get(key))
        raise ValueError(
            f'the {type(built).__name__} of the start has other tensors as the model uses it, with '
            f'the maps {list(backbone["out_indices"])} ({listing(changed, 3)}): give another start '
            'or another model')
    return built


def _set_channels(model: dict[str, Any], channels: Sequence[int]) -> None:
    """Have what takes the backbone's maps take their channels."""
    neck = model.get('neck')
    heads = [head for key, each in model.items() if key.endswith('_head')
             for head in (each if isinstance(each, list) else [each])]
    for taker in ([neck[0] if isinstance(neck, list) else neck] if neck else heads):
        if not isinstance(taker, dict) or 'in_channels' not in taker:
            continue
        many = isinstance(taker['in_channels'], (list, tuple))
        index = taker.get('in_index', list(range(len(channels))) if many else -1)
        if many and len(taker['in_channels']) != len(index):
            raise ValueError(f'{taker.get("type")} takes {len(taker["in_channels"])} maps, but the '
                             f'backbone gives {len(channels)}: give another model')
        taker['in_channels'] = [channels[i] for i in index] if many else channels[index]
        if 'c1_in_channels' in taker:  # DeepLabv3+ looks at the first map again
            taker['c1_in_channels'] = channels[0]


def _set_classes(node: Any, classes: int, before: int = 0) -> None:
    """Set the number of classes wherever one stands, and weigh the classes alike.

    Args:
        node: of a config.
        classes: how many.
        before: how many the head had that the node is in.
    """
    if isinstance(node, dict):
        before = node.get('num_classes') or (
            node.get('num_things_classes', 0) + node.get('num_stuff_classes', 0)) or before
        for key, count in (('num_classes', classes), ('num_things_classes', classes),
                           ('num_stuff_classes', 0)):
            if key in node:
                node[key] = count
        weight = node.get('class_weight')
        if isinstance(weight, (list, tuple)):  # the last may be that of none of the classes
            node['class_weight'] = ([weight[0]] * classes + [weight[-1]]
                                    if len(weight) == before + 1 else None)
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for child in node:
            _set_classes(child, classes, before)


def _plain(node: Any) -> Any:
    """A copy of a config whose norms are plain: `sync_bn` synchronises them where it is needed."""
    if isinstance(node, Mapping):
        return {key: 'BN' if key == 'type' and value == 'SyncBN' else _plain(value)
                for key, value in node.items() if key != 'batch_augments'}
    if isinstance(node, (list, tuple)):
        return type(node)(_plain(child) for child in node)
    return node
