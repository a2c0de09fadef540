"""The columns that an answer adds to an order, and the words that they may hold."""

from __future__ import annotations

PARTY_COLUMNS = ("status", "ultimate_parent", "ultimate_parent_hq")
RECORDED = "review_policy_as_recorded"
COLUMNS = (
    "status",
    "licence_required",
    "exceptions",
    "review_policy",
    RECORDED,
    "reason",
    *(f"{party}_{column}" for party in ("consignee", "end_user") for column in PARTY_COLUMNS),
    "determination_id",
)
SEVERAL = ("exceptions", "consignee_ultimate_parent", "consignee_ultimate_parent_hq", "end_user_ultimate_parent",
           "end_user_ultimate_parent_hq")  # fmt: skip
"""The columns that may hold several values: joined by `;` in a table, lists in JSON."""
MATCH_COLUMNS = ("consignee_match", "end_user_match")
"""Added where parties are given by names: matched (a person said so), proposed with candidates, or unmatched."""
RESERVATION_COLUMN = "reservation"
"""Added with a reserver: the entry of the ledger, or why there is none."""
FLAG_COLUMN = "red_flags"
"""Added where the store has screening lists: list, entry and score of every name that is like a listed one."""
NOT_IN_STORE = "party_not_in_store"
ANSWERED, NOT_MODELLED, REFUSED = "answered", "not_modelled", "refused"
