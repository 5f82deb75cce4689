from __future__ import annotations

import base64
import io
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure
from PIL import Image

from oadp_mm.reports.page import Picture, Section, embed, render_page
from oadp_mm.reports.tables import Table


class Page(HTMLParser):
    """Collects the tags' attributes and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += [data.strip()] if data.strip() else []


def page() -> Page:
    return Page(render_page('A & B', ['lead'], 'one seed', [
        Section('Figures', ['text'], [Table(['', 'AP'], [['OADP', '12.3']], title='in %')],
                [embed(Figure((1, 1)), 'a "picture"')], ['train <x>'],
                [Section('below', ['deeper'])])]))


def test_text_is_escaped_and_complete():
    text = page().text
    for piece in ('A & B', 'lead', 'one seed', 'Figures', 'text', 'AP', 'OADP', '12.3',
                  'in %', 'train <x>', 'below', 'deeper'):
        assert piece in text


def test_the_page_loads_nothing():
    for tag, attributes in page().tags:
        assert tag not in {'script', 'link', 'iframe'}
        for name in ('src', 'href'):
            assert attributes.get(name, 'data:').startswith('data:')


def test_embedded_picture_has_the_figure_size():
    picture = embed(Figure((2, 1)), 'x', dpi=50)
    head, code = picture.source.split(',')
    assert head == 'data:image/webp;base64'
    assert Image.open(io.BytesIO(base64.b64decode(code))).size == (100, 50)


def test_a_picture_is_in_the_page_once_whatever_stands_under_it():
    first, other = Picture('data:,1', 'one'), Picture('data:,2', 'two')
    found = Page(render_page('', [], '', [
        Section('a', pictures=[first, other]),
        Section('b', parts=[Section('c', pictures=[Picture('data:,1', 'again'), other])])]))
    assert [each['src'] for tag, each in found.tags if tag == 'img'] == ['data:,1', 'data:,2']
    assert [text for text in found.text if text.startswith('The same')] == [
        'The same picture as above: again', 'The same picture as above: two']


def test_curves_stay_vectors():
    head, code = embed(Figure((2, 1)), 'x', kind='svg').source.split(',')
    assert head == 'data:image/svg+xml;base64'
    assert b'width="144pt" height="72pt"' in base64.b64decode(code)  # 2 x 1 inches


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match='webp, svg'):
        embed(Figure(), 'x', kind='gif')


def test_alt_text_is_the_caption():
    html = render_page('t', [], 'n', [Section('s', pictures=[Picture('data:,', 'seen')])])
    (image,) = [attributes for tag, attributes in Page(html).tags if tag == 'img']
    assert image['alt'] == 'seen'


def test_a_part_is_a_section_within_with_a_smaller_heading():
    tags = [tag for tag, _ in page().tags if tag in {'section', 'h1', 'h2', 'h3'}]
    assert tags == ['h1', 'section', 'h2', 'section', 'h3']


def test_what_is_wider_than_a_phone_scrolls_by_itself():
    """Tables and wide pictures stand in boxes that scroll; all else breaks or shrinks."""
    html = render_page('t', [], 'n', [Section(
        's', tables=[Table(['a'], [['b']])], pictures=[Picture('data:,', 'seen', wide=True)])])
    boxes = [tag for tag in Page(html).tags if tag[1].get('class') == 'scroll']
    assert len(boxes) == 2
    assert '.scroll { overflow-x: auto' in html
    assert 'width=device-width' in html
