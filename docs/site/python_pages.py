"""The Python packages, whose docstrings mkdocstrings sets: one page for each package below `topco`."""

from __future__ import annotations

import ast
from pathlib import Path

from markdown_writing import Page, code, document, heading, plain, table

import topco

FOLDER = "reference/python"
PACKAGE = Path(topco.__file__).parent
# The commands have a reference of their own, made from click.
_LEFT_OUT = frozenset({"cli"})


def pages() -> list[Page]:
    """The names that `import topco` offers, an index of packages, and each package with its modules."""
    packages = [path for path in sorted(PACKAGE.iterdir()) if _is_package(path)]
    modules = [path for path in sorted(PACKAGE.glob("*.py")) if not path.name.startswith("_")]
    rows = [
        (f"[{code(f'topco.{path.stem}')}]({path.stem}.md)", plain(_summary(path))) for path in (*modules, *packages)
    ]
    index = document(
        heading(1, "Python"),
        "Generated from the docstrings when this site was built. The names of the first part are the interface; what "
        "the packages hold may change between versions. How they depend on each other is told in "
        "[architecture](../../architecture.md).",
        "::: topco\n    options:\n      show_submodules: false\n      show_root_heading: true\n      heading_level: 2",
        heading(2, "Packages and modules"),
        table(("name", "what it is"), rows),
    )
    listed = [Page(f"{FOLDER}/{path.stem}.md", f"topco.{path.stem}", _package(path)) for path in (*modules, *packages)]
    return [Page(f"{FOLDER}/index.md", "Interface", index), *listed]


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").is_file() and path.name not in _LEFT_OUT


def _summary(path: Path) -> str:
    """The first sentence of the module's docstring."""
    file = path / "__init__.py" if path.is_dir() else path
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return said.partition("\n\n")[0].replace("\n", " ")


def _package(path: Path) -> str:
    return document(heading(1, f"topco.{path.stem}"), f"::: topco.{path.stem}")
