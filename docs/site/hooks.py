"""What `mkdocs build` runs beside its own work: the reference is generated, and lists are read as code hosts read them.

1. Before anything is read, every generator gives its pages; the navigation gets them, and pages that it forgot.
2. Generated pages join the files of `docs/` in memory; nothing is written there.
3. Each page's lists are indented as Python-Markdown wants them.
4. `<!-- reference -->` in a page becomes links to the parts of the reference, which exist on the site only.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import command_pages
import group_pages
import law_pages
import ontology_pages
import project_pages
import python_pages
import query_pages
import rule_pages
import schema_pages
import shape_pages
from list_indentation import as_python_markdown
from mkdocs.structure.files import File
from navigation import forgotten, reference

if TYPE_CHECKING:
    from markdown_writing import Page
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page as SitePage

REFERENCE = (
    ("Commands", (command_pages,)),
    ("Python", (python_pages,)),
    ("JSON schemas", (schema_pages,)),
    ("Query library", (query_pages,)),
    ("Ontology", (ontology_pages,)),
    ("Shapes", (shape_pages,)),
    ("Rules", (rule_pages,)),
    ("Law", (law_pages, group_pages)),
)
MARK = "<!-- reference -->"
STYLE = "assets/site.css"
"""Wide tables get the room, and dates stay on one line."""
_RULES = ".md-grid { max-width: 80rem; } .md-typeset time { white-space: nowrap; }\n"
_generated: list[tuple[str, list[Page]]] = []


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Generate the reference, and complete the navigation with it."""
    _generated[:] = [(title, [page for one in generators for page in one.pages()]) for title, generators in REFERENCE]
    nav: list[Any] = config.nav or []
    left = forgotten(nav, Path(config.docs_dir))
    config.extra_css.append(STYLE)
    config.nav = [
        *nav,
        *([{"More": left}] if left else []),
        {"Reference": reference(_generated)},
        *({page.title: page.uri} for page in project_pages.pages()),
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for page in (*(page for _, pages in _generated for page in pages), *project_pages.pages()):
        files.append(File.generated(config, page.uri, content=page.text))
    files.append(File.generated(config, STYLE, content=_RULES))
    return files


def on_page_markdown(markdown: str, page: SitePage, config: MkDocsConfig, files: Files) -> str:
    """Links to the reference where they are asked for, and lists as Python-Markdown reads them."""
    folder = posixpath.dirname(page.file.src_uri)
    links = "\n".join(f"- [{title}]({posixpath.relpath(pages[0].uri, folder or '.')})" for title, pages in _generated)
    return as_python_markdown(markdown.replace(MARK, links))
