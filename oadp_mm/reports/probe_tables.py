"""Tables of what probes measured, one a family, with a row a backbone."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oadp_mm.reports.tables import Table

ABSENT = '-'
#: What stands under the tables of a family.
CAPTIONS = {
    'image': '* best; guess: the most frequent class',
    'svm': 'mAP of the classes that an image shows; * best; ± over samples; guess: their share',
    'region': 'small to large: of 20-NN; * best; guess: the most frequent class',
    'dense': 'R2: 1 at most; ceiling: of the true shares; * best; ± over draws',
    'label-free': 'no best: read them beside the other figures'}


def family_tables(probed: Sequence[Mapping[str, Any]], family: str) -> dict[str, Table]:
    """The tables of a family by their names, of which '' is a family's only one.

    The best of a column is marked `*` where more or less is better and two rows or more differ.

    Args:
        probed: as `probes.probe.probe` returns them, or its JSON.
        family: one of theirs.
    """
    shown = [[each for each in one['figures'].get(family, ()) if not each['detail']]
             for one in probed]
    tables = dict.fromkeys(each['table'] for row in shown for each in row)
    return {table: _table(_labels([one['name'] for one in probed]), [
        {each['name']: each for each in row if each['table'] == table} for row in shown])
        for table in tables}


def standing(told: Mapping[str, Any], names: Mapping[str, str] | None = None) -> list[str]:
    """In how many figures each backbone is better than the untrained one, a sentence each.

    A backbone is compared with the first untrained one of its own architecture.

    Args:
        told: what `oadp-mm probe` writes.
        names: of backbones, by what was typed; None: the last parts of that, as in the tables.
    """
    probed = told['probed']
    typed = [one['name'] for one in probed]
    names = names or dict(zip(typed, _labels(typed), strict=True))
    floors = [one for one in probed if 'seed' in one['origin']]
    others = [one for one in probed if one not in floors]
    if not floors:
        return [f'{told["data"]}: probed without the untrained network, so that nothing tells what '
                'training gave: add `random` to the files.']
    sentences = []
    for one in others:
        name = names[one['name']]
        floor = next((_ranked(each) for each in floors
                      if each.get('architecture') == one.get('architecture')), None)
        if floor is None:
            sentences.append(f'{told["data"]}: {name} was probed without its untrained network: '
                             'probe it with `random` behind it in a call of its own.')
            continue
        shared = {key: sign * (value - floor[key][1]) for key, (sign, value) in _ranked(one).items()
                  if key in floor}
        more, less = (sum(sign * gain > 0 for gain in shared.values()) for sign in (1, -1))
        sentences.append(
            f'{told["data"]}, frozen features: {name} is better than the untrained '
            f'network in {more} of {len(shared)} figures and worse in {less}; many of '
            'them are related.')
    return sentences


def _ranked(one: Mapping[str, Any]) -> dict[tuple[str, str, str], tuple[int, float]]:
    """Sign and value of the figures of which more or less is better."""
    signs = {'more': 1, 'less': -1}
    return {(family, each['table'], each['name']): (signs[each['better']], each['value'])
            for family, figures in one['figures'].items() for each in figures
            if each['better'] in signs and not each['detail']}


def _labels(names: Sequence[str]) -> list[str]:
    """The last part of each path; whole paths, where these are not distinct."""
    last = [Path(name).name for name in names]
    return last if len(set(last)) == len(last) else list(names)


def _table(labels: Sequence[str], rows: Sequence[Mapping[str, Mapping[str, Any]]]) -> Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [_column([row.get(name) for row in rows]) for name in names]
    units = (next(row[name]['unit'] for row in rows if name in row) for name in names)
    header = ['', *(f'{name} {unit}'.strip() for name, unit in zip(names, units, strict=True))]
    return Table(header, list(zip(labels, *columns, strict=True)))


def _column(figures: Sequence[Mapping[str, Any] | None]) -> list[str]:
    texts = [_text(each) for each in figures]
    there = [each for each in figures if each]
    sign = {'more': 1, 'less': -1}.get(there[0]['better'], 0)
    best = max(sign * each['value'] for each in there)
    if not sign or len({each['value'] for each in there}) < 2:
        return texts
    return [f'{text}*' if each and sign * each['value'] == best else text
            for text, each in zip(texts, figures, strict=True)]


def _text(each: Mapping[str, Any] | None) -> str:
    if each is None:
        return ABSENT
    digits = 1 if each['unit'] == '%' or abs(each['value']) >= 10 else 2
    text = f'{each["value"]:.{digits}f}'
    return f'{text} ± {each["deviation"]:.{digits}f}' if 'deviation' in each else text
