"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from topco.server.workbench import case, entity, search, sign_in

router = APIRouter(include_in_schema=False)
for part in (case, entity, search, sign_in):
    router.include_router(part.router)
