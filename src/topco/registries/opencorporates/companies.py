"""Companies of OpenCorporates as evidence: the entity, its names, its identifiers, its home company, its shares."""

from __future__ import annotations

from datetime import date

from topco.registries.country_names import jurisdiction_of
from topco.registries.opencorporates import parties
from topco.registries.opencorporates.holdings import add_parcels
from topco.registries.opencorporates.models import AlternateRegistration, Company, CompanyEntity
from topco.registries.partial_dates import first_day

HOMELESS = "a branch names no home company by jurisdiction and number: it hangs on nothing"
UNKNOWN_JURISDICTION = "a jurisdiction is none that the reference data know, and is left out"
NO_PAIR = "an alternate registration names fewer than two companies by jurisdiction and number, and links nothing"


def record_of(identifier: str) -> str:
    """The name of a company's record.

    >>> record_of("OC:us_de/12345")
    'opencorporates/us_de/12345'
    """
    return "opencorporates/" + identifier.removeprefix("OC:")


def add_company(company: Company, row: int, sink: parties.PartySink) -> None:
    """Add the rows of a company, or refuse it if its jurisdiction is no code."""
    identifier = parties.company_id(company.jurisdiction_code, company.company_number)
    if identifier is None:
        sink.refuse(row, "jurisdiction_code", company.jurisdiction_code, "not the code of a jurisdiction")
        return
    sink.has_record(identifier)
    record = record_of(identifier)
    day = first_day(company.retrieved_at)
    sink.changed_on(day)
    jurisdiction = jurisdiction_of(company.jurisdiction_code)
    if jurisdiction is None:
        sink.warn(UNKNOWN_JURISDICTION, row, company.jurisdiction_code)
    seat, registered = (parties.place(a, sink, row) for a in (company.headquarters_address, company.registered_address))
    if company.headquarters_address is not None and seat.country is None:
        sink.warn(parties.NO_COUNTRY, row, identifier)
    sink.add(
        "entities",
        row,
        id=identifier,
        name=company.name,
        kind="LegalEntity" if company.branch is None else "Branch",
        category=company.branch,
        hq_country=seat.country,
        hq_city=seat.city,
        registered_country=registered.country,
        registered_city=registered.city,
        jurisdiction=jurisdiction,
        registration_number=company.company_number,
        legal_form=company.company_type,
        entity_status=company.current_status,
        standing="Ended" if _is_dissolved(company, day) else "Current",
        successor=_successor(company),
        last_update=day,
        record=record,
    )
    _add_names(company, identifier, row, record, sink)
    for position, other in enumerate(parties.identifiers(identifier, company.identifiers, (sink, row)), start=1):
        sink.add("identifiers", row, id=identifier, other_id=other, record=f"{record}/identifier/{position}")
    if company.branch is not None:
        _add_home(company, identifier, row, record, day, sink)
    add_parcels(company.share_parcels or (), identifier, row, record, day, sink)
    for number, registration in enumerate(company.alternate_registrations or (), start=1):
        add_alternates(registration, row, f"{record}/alternate/{number}", sink)


def add_alternates(statement: AlternateRegistration, row: int, record: str, sink: parties.PartySink) -> None:
    """Add that the companies of a statement are one: the first one bears the numbers of the others too."""
    sink.changed_on(first_day(statement.retrieved_at))
    found: list[parties.Named] = []
    for entity in statement.alternate_entities:
        named = parties.of_entity(entity, f"OC:statement/{record}")
        if not isinstance(entity, CompanyEntity) or not named.id.startswith("OC:"):
            continue
        sink.take_party(named, row)
        found.append(named)
    if len({named.id for named in found}) < 2:
        sink.warn(NO_PAIR, row, record)
        return
    for position, named in enumerate(found[1:], start=1):
        sink.add("identifiers", row, id=found[0].id, other_id=named.id, record=f"{record}/{position}")


def _is_dissolved(company: Company, day: date | None) -> bool:
    dissolved = first_day(company.dissolution_date) if company.dissolution_date else None
    return dissolved is not None and day is not None and dissolved <= day


def _successor(company: Company) -> str | None:
    if company.all_attributes is None or company.all_attributes.merged_into is None:
        return None
    survivor = company.all_attributes.merged_into.surviving_company
    return parties.company_id(survivor.jurisdiction, survivor.company_number)


def _add_names(company: Company, identifier: str, row: int, record: str, sink: parties.PartySink) -> None:
    names: list[tuple[str, str, str | None]] = [
        (one.company_name, "previous", None) for one in company.previous_names or ()
    ]
    names += [(one.company_name, one.type, one.language) for one in company.alternative_names or ()]
    for position, (name, kind, language) in enumerate(dict.fromkeys(names), start=1):
        sink.add(
            "names",
            row,
            id=identifier,
            name=name,
            language=language,
            name_kind=kind,
            record=f"{record}/name/{position}",
        )


def _add_home(
    company: Company, identifier: str, row: int, record: str, day: date | None, sink: parties.PartySink
) -> None:
    """Add the branch's relation to its home company, which is the same legal person."""
    origin, number = None, None
    if company.all_attributes is not None:
        origin, number = company.all_attributes.jurisdiction_of_origin, company.all_attributes.home_company_number
    if origin is None and company.branch == "L":
        origin = company.jurisdiction_code
    home = parties.company_id(origin, number)
    if home is None or home == identifier:
        sink.warn(HOMELESS, row, identifier)
        return
    sink.add(
        "relationships",
        row,
        child=identifier,
        parent=home,
        kind="InternationalBranch",
        standing="Current",
        stale=False,
        last_update=day,
        record=f"{record}/home",
    )
