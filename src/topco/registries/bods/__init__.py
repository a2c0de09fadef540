"""Beneficial Ownership Data Standard (BODS), versions 0.1 to 0.4: models, judgement, import. See `docs/bods.md`."""

from topco.registries.bods.registry import Bods

__all__ = ["Bods"]
