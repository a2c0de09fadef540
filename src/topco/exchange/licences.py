"""Under which licences the exported loads are, in sentences for whoever gets the export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topco.exchange.vocabulary import forbids_commerce, licence_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topco.store.manifest import Load


def licence_remarks(loads: Iterable[Load]) -> tuple[str, ...]:
    """A sentence for each licence: what it is, which loads are under it, and whether it forbids commercial use."""
    under: dict[str, list[str]] = {}
    for load in loads:
        under.setdefault(load.licence, []).append(load.id)
    return tuple(_remark(licence, ids) for licence, ids in sorted(under.items()))


def _remark(licence: str, loads: list[str]) -> str:
    address = licence_address(licence)
    where = f" ({address})" if address else ""
    commerce = ": commercial use is forbidden" if forbids_commerce(licence) else ""
    return f"Licence {licence}{where}{commerce}: {', '.join(sorted(loads))}."
