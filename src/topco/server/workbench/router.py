"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from topco.server.workbench import case, entity, rules, screening, search, sign_in

router = APIRouter(include_in_schema=False)
for part in (case, entity, rules, search, sign_in, screening):
    router.include_router(part.router)
