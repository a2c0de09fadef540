"""Reconciliation Service API 0.2 of the W3C community group: names of a table met with the parties of a store.

`router` makes the service for a store. What it claims and what it never claims: `docs/reconciliation.md`.
"""

from topco.server.reconcile.routes import router

__all__ = ["router"]
