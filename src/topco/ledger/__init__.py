"""What has been spent of allocations and caps: an append-only book in double entry, `ledger.sqlite` in the store.

Limits come from the dated parameters of the law; balances and remainders are derived from the entries, never kept.
"""
