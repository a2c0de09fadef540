"""Proofs: one small graph from every answer down to source rows and citations, and its renderings."""
