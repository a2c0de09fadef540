"""Comparing parties by name: a score with reasons, proposals, and never a decision.

Names only propose; that two records mean one party is decided by identifiers or by a person. The page
`docs/matching.md` says how a score comes about and what was measured.
"""

from topco.matching.normal import Name, normalise
from topco.matching.parties import best, match_store, names_of
from topco.matching.proposals import MINIMUM, NAMES, PROPOSALS, explain, propose
from topco.matching.scoring import Party, Score, score

__all__ = [
    "MINIMUM",
    "NAMES",
    "PROPOSALS",
    "Name",
    "Party",
    "Score",
    "best",
    "explain",
    "match_store",
    "names_of",
    "normalise",
    "propose",
    "score",
]
