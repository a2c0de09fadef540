"""The query library: what each query answers, what it asks for, and its text."""

from __future__ import annotations

from markdown_writing import Page, block, code, document, heading, plain, table

from topco.query.library import LibraryQuery, library


def pages() -> list[Page]:
    """One page with every query."""
    text = document(
        heading(1, "Query library"),
        "Generated from `queries/library/` when this site was built. Each query runs by its name: "
        "`topco query NAME --param name=value`.",
        table(("query", "answers"), ((f"[{code(name)}](#{name})", plain(q.title)) for name, q in library().items())),
        *(_query(query) for query in library().values()),
    )
    return [Page("reference/queries.md", "Query library", text)]


def _query(query: LibraryQuery) -> str:
    rows = [(code(one.name), one.type, plain(one.default), plain(one.description)) for one in query.parameters]
    return document(
        heading(2, plain(query.title), query.name),
        code(f"topco query {query.name}"),
        plain(query.description),
        table(("parameter", "type", "default", "means"), rows) if rows else "",
        block(query.text, "sparql"),
    )
