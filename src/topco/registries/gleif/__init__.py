"""GLEIF's golden copy: Level 1 (`lei2`), Level 2 (`rr`) and reporting exceptions (`repex`), as CSV, XML or JSON."""

from topco.registries.gleif.registry import Gleif

__all__ = ["Gleif"]
