"""docs/algorithms lists every table and figure of the papers, and every config."""
from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import product

import pytest

from tests.configs.leaves import CONFIGS, LEAVES

PAGES = CONFIGS.parent / 'docs/algorithms'
ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII', 'XIII', 'XIV']
#: Numbers of the last table and the last figure; of ORL only the supplement is at hand.
PAPERS = {'oadp': (14, 5), 'regioncl': (15, 7), 'scd': (9, 6), 'soco': (12, 3), 'orl': (1, 2)}
STEMS = {name.rsplit('/', 1)[-1].removesuffix('.py'): name for name in LEAVES}


def rows(method: str) -> dict[str, str]:
    section = (PAGES / f'{method}.md').read_text().split('\n## Every table and figure')[1]
    return dict(re.findall(r'^\| ([^|]+) \| (.+) \|$', section.split('\n## ')[0], re.MULTILINE))


def expanded(pattern: str) -> list[str]:
    """`a{b,c}` as `ab` and `ac`."""
    parts = [part.split(',') if i % 2 else [part]
             for i, part in enumerate(re.split(r'\{([^}]*)\}', pattern))]
    return [''.join(chosen) for chosen in product(*parts)]


def named(method: str) -> list[str]:
    """Names and patterns of configs on a page."""
    code = [word for text in rows(method).values() for word in re.findall('`([^`]+)`', text)]
    return [name for word in code if re.fullmatch(r'[\w*,{}-]+', word)
            for name in expanded(word) if re.search(r'\d+xb\d+|\*', name)]


@pytest.mark.parametrize('method', PAPERS)
def test_a_row_for_each_table_and_figure(method):
    tables, figures = PAPERS[method]
    numbers = ROMAN[:tables] if method == 'oadp' else range(1, tables + 1)
    listed = [row for row in rows(method) if re.match(r'Table|Fig\.', row)]
    assert listed == [*(f'Table {number}' for number in numbers),
                      *(f'Fig. {number}' for number in range(1, figures + 1))]


@pytest.mark.parametrize('method', PAPERS)
def test_what_a_page_names_exists(method):
    assert len(named(method)) > 4
    for name in named(method):
        assert any(fnmatchcase(stem, name) for stem in STEMS), name


@pytest.mark.parametrize('name', LEAVES)
def test_each_config_is_on_a_page(name):
    """On that of its method; benchmarks and baselines on anyone's."""
    folder, stem = name.split('/')[0], name.rsplit('/', 1)[-1].removesuffix('.py')
    pages = [folder] if folder in PAPERS else PAPERS
    assert any(fnmatchcase(stem, pattern) for page in pages for pattern in named(page))


def test_braces_stand_for_each_of_their_parts():
    assert expanded('a{b,}c{d,e}') == ['abcd', 'abce', 'acd', 'ace']
