"""Every link within the repository leads somewhere: files, anchors and images of all pages."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob('*.md'), *ROOT.glob('docs/**/*.md'), *ROOT.glob('configs/**/*.md')])


def tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt('commonmark').enable('table').parse(text):
        yield token
        yield from token.children or []


def targets(text: str) -> list[str]:
    """Where links and images of a page lead, but for the network."""
    found = [token.attrs.get('href', token.attrs.get('src')) for token in tokens(text)
             if token.type in ('link_open', 'image')]
    return [unquote(str(target)) for target in found
            if not re.match(r'[a-z]+:', str(target))]


def anchors(text: str) -> set[str]:
    """Of the headings, as GitHub and MyST name them."""
    seen: Counter[str] = Counter()
    found = set()
    for before, token in pairwise(tokens(text)):
        if before.type == 'heading_open':
            words = ''.join(part.content for part in token.children or [])
            slug = re.sub(r'[^\w\- ]', '', words.strip().lower()).replace(' ', '-')
            found.add(f'{slug}-{seen[slug]}' if seen[slug] else slug)
            seen[slug] += 1
    return found


@cache
def anchors_of(page: Path) -> set[str]:
    return anchors(page.read_text(encoding='utf-8'))


def broken(page: Path, text: str) -> list[str]:
    """The links of a page that lead nowhere."""
    lost = []
    for target in targets(text):
        path, _, anchor = target.partition('#')
        there = (page.parent / path).resolve() if path else page
        inside = there == ROOT or ROOT in there.parents
        if not (inside and there.exists()) or (anchor and anchor not in anchors_of(there)):
            lost.append(target)
    return lost


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert broken(page, page.read_text(encoding='utf-8')) == []


def test_each_page_is_on_the_site():
    """In the table of contents of the index, whose pages Sphinx builds."""
    blocks = re.findall(r'```{toctree}\n(.*?)```', (ROOT / 'docs/index.md').read_text(), re.DOTALL)
    listed = {(ROOT / 'docs' / f'{line}.md').resolve()
              for block in blocks for line in block.split('\n') if line and line[0] != ':'}
    assert set(PAGES) - listed == {ROOT / 'README.md', ROOT / 'docs/index.md'}


def test_lost_links_are_found():
    page = ROOT / 'docs/journey.md'
    text = ('[a](#rules) [b](#no-rules) [c](nowhere.md) ![d](images/none.png) `[e](code.md)`\n\n'
            '| [f](evidence.md#the-stem) | [g](evidence.md#no-stem) |\n|---|---|\n\n'
            '[h](https://example.org/x) [i](../../outside.md) [j](../configs)')
    assert broken(page, text) == ['#no-rules', 'nowhere.md', 'images/none.png',
                                  'evidence.md#no-stem', '../../outside.md']


def test_anchors_are_those_of_github():
    text = '# A `b` c\n## What, not?\n## What, not?\n### 7x7_cells - 2\n'
    assert anchors(text) == {'a-b-c', 'what-not', 'what-not-1', '7x7_cells---2'}
