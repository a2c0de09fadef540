"""Everything under /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from topco.server.api import cases, entities, law, ledger, proofs, rechecks, records, screenings, sources
from topco.server.problem import ANSWERS

router = APIRouter(prefix="/api/v1", responses=ANSWERS)
for part in (entities, cases, proofs, law, records, ledger, sources, screenings, rechecks):
    router.include_router(part.router)
