"""GLEIF: the golden copy (Level 1 `lei2`, Level 2 `rr`, exceptions `repex`; CSV, XML, JSON), deltas, API answers."""

from topco.registries.gleif.registry import Gleif

__all__ = ["Gleif"]
