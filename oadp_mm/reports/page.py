"""A report that is one HTML file: tables, pictures and commands, nothing loaded from elsewhere."""
from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Literal

import jinja2
from matplotlib.figure import Figure
from PIL import Image

from oadp_mm.reports.tables import Table

MIME = {'webp': 'image/webp', 'svg': 'image/svg+xml'}


@dataclass(frozen=True)
class Picture:
    """An image embedded in the page.

    Args:
        source: a `data:` URI.
        caption: what one sees; also the text for those who cannot.
        wide: whether it takes the page's full width; on a phone it scrolls instead of shrinking.
    """

    source: str
    caption: str
    wide: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with what belongs under it, in this order.

    Args:
        title: the heading.
        text: paragraphs.
        tables: each scrolls by itself where the page is narrower.
        pictures: side by side where the page is wide enough.
        commands: command lines.
        parts: sections of their own below it.
    """

    title: str
    text: Sequence[str] = ()
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    commands: Sequence[str] = ()
    parts: Sequence[Section] = ()


def embed(figure: Figure, caption: str, *, kind: Literal['webp', 'svg'] = 'webp',
          wide: bool = False, dpi: int = 140) -> Picture:
    """A figure as a picture: `webp` for photographs, `svg` for curves.

    Raises:
        ValueError: for another `kind`.
    """
    if kind not in MIME:
        raise ValueError(f'kind must be one of {", ".join(MIME)}, got {kind!r}')
    content = io.BytesIO()
    options: dict = {'pil_kwargs': {'quality': 75}} if kind == 'webp' else {}
    figure.savefig(content, format=kind, dpi=dpi, **options)
    return _embedded(content, kind, caption, wide)


def embed_image(image: Image.Image, caption: str) -> Picture:
    """A picture that is drawn already, in the page's full width."""
    content = io.BytesIO()
    image.save(content, 'webp', quality=75)
    return _embedded(content, 'webp', caption, wide=True)


def _embedded(content: io.BytesIO, kind: str, caption: str, wide: bool) -> Picture:
    code = base64.b64encode(content.getvalue()).decode()
    return Picture(f'data:{MIME[kind]};base64,{code}', caption, wide)


def render_page(title: str, lead: Sequence[str], notice: str, sections: Sequence[Section]) -> str:
    """The page as one HTML string.

    Args:
        title: the heading and the browser's title.
        lead: paragraphs under the heading.
        notice: what the figures below do and do not say, set apart.
        sections: the rest. A picture that stands further above already is only named.
    """
    template = resources.files(__package__).joinpath('templates/report.html.j2').read_text('utf-8')
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True,
                                     undefined=jinja2.StrictUndefined)
    seen: set[str] = set()
    return environment.from_string(template).render(
        title=title, lead=lead, notice=notice, sections=[_once(each, seen) for each in sections])


def _once(section: Section, seen: set[str]) -> Section:
    """Without the pictures whose sources were seen, which a sentence names instead."""
    new, text = list[Picture](), list(section.text)
    for picture in section.pictures:
        if picture.source in seen:
            text.append(f'The same picture as above: {picture.caption}')
        else:
            new.append(picture)
        seen.add(picture.source)
    return replace(section, text=text, pictures=new,
                   parts=[_once(part, seen) for part in section.parts])
