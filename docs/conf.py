"""Sphinx builds the site (`make docs`) from the pages as they lie in the repository.

The source folder is the root of the repository, so that a link reads the same here and in a
browser of files. API pages are made from the source text, so that building needs neither torch nor
OpenMMLab, and signatures show shapes as they are written.
"""
from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.findall("'(.+)'", (ROOT / 'oadp_mm/version.py').read_text())[0]

project, author, release = 'oadp_mm', 'the authors of oadp_mm', VERSION
root_doc = 'docs/index'
include_patterns = ['docs/**', 'configs/README.md', 'configs/*/README.md', 'CONTRIBUTING.md',
                    'CHANGELOG.md']
extensions = ['myst_parser', 'autoapi.extension', 'sphinx.ext.napoleon']

myst_heading_anchors = 4  # as GitHub names them

autoapi_dirs, autoapi_root = [str(ROOT / 'oadp_mm')], 'docs/api'
autoapi_add_toctree_entry = False
autoapi_options = ['members', 'undoc-members', 'show-module-summary']
autoapi_member_order = 'bysource'
default_role = 'literal'  # single backticks are code
napoleon_use_ivar = True
napoleon_use_rtype = False

nitpicky = True
nitpick_ignore_regex = [
    ('py:.*', r'(?!oadp_mm\.).*'),  # what others document
    ('py:class', r'oadp_mm\.\w+\.\w+'),  # a name that a room hands on, and another file documents
]
suppress_warnings = ['autoapi.python_import_resolution']  # constants that share an assignment

html_theme, html_title = 'sphinx_rtd_theme', f'oadp_mm {VERSION}'
html_theme_options = {'navigation_depth': 2, 'titles_only': True}
html_copy_source = False
html_additional_pages = {'index': 'to_index.html'}
templates_path = ['templates']


def unlink_folders(app: Sphinx, page: nodes.document) -> None:
    """Of a link to a folder of the repository, which the site does not have, leave the text."""
    here = (ROOT / app.env.docname).parent
    for link in list(page.findall(pending_xref)):
        if link['reftype'] == 'myst' and (here / link['reftarget']).is_dir():
            link.replace_self(link.children)


def setup(app: Sphinx) -> None:
    app.connect('doctree-read', unlink_folders)
