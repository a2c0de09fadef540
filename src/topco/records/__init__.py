"""Determinations and screening runs that are kept: append-only and chained, `records.sqlite` in the store.

A record holds what is needed to understand an answer years later and to give it again: the case, the options, the
answer with its proof, hashes of what went in, the loads in force, the rules, the program, when, by whom and why.
"""

from __future__ import annotations

from topco.records.documents import find_document

__all__ = ["find_document"]
