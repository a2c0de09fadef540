"""The screening lists of the United States: the Consolidated Screening List, agencies' own files, the 1260H list."""

from topco.registries.csl.registry import ScreeningLists

__all__ = ["ScreeningLists"]
