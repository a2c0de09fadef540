"""Checking proofs: an answer is derived again from its leaves, and the leaves are held against their hashes."""
