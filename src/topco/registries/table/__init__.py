"""Tables that a user writes: entities and holdings in named columns, as CSV (`docs/evidence.md`, Tables)."""

from topco.registries.table.registry import Tables

__all__ = ["Tables"]
