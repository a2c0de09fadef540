"""What a user states, what the store and the ledger add, and the facts that rules read."""
