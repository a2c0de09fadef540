"""Pictures that a notebook shows: SVG made here, every name escaped."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        svg: the picture as SVG.
        title: what it shows.
    """

    svg: str = field(repr=False)
    title: str = ""

    def save(self, path: str | Path) -> Path:
        """Write the SVG to a file, and give its path."""
        written = Path(path)
        written.write_text(self.svg, encoding="utf-8")
        return written

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self.svg}</div>'
