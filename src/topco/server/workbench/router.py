"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from topco.server.workbench import case, entity, ledger, query, records, rules, screening, search, sign_in, sources

router = APIRouter(include_in_schema=False)
for part in (case, entity, ledger, query, records, rules, screening, search, sign_in, sources):
    router.include_router(part.router)
