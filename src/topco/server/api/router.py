"""Everything under /api/v1."""

from __future__ import annotations

from fastapi import APIRouter

from topco.server.api import cases, entities, proofs
from topco.server.problem import ANSWERS

router = APIRouter(prefix="/api/v1", responses=ANSWERS)
for part in (entities, cases, proofs):
    router.include_router(part.router)
