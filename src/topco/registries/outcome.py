"""What a load command did."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from topco.registries.interface import OtherKind
from topco.store.manifest import Load


@dataclass(frozen=True)
class Loaded:
    """A load of this command, with an example of each warning and the place of its rejects."""

    load: Load
    examples: dict[str, str]
    rejects: Path | None


@dataclass
class Outcome:
    """What a load command did."""

    loaded: list[Loaded] = field(default_factory=list)
    unchanged: list[Load] = field(default_factory=list)
    refused: list[OtherKind] = field(default_factory=list)
    skipped: list[Path] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
