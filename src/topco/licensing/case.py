"""The case: what a user states about a transaction, its item, its parties and its papers.

A fact that is left out or null is unknown, never "no". Unknown keys and codes are refused with their path. The format
is documented for users in `docs/cases.md`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from topco.errors import BadInput

Activity = Literal[
    "export",
    "reexport",
    "transfer_in_country",
    "deemed_export",
    "deemed_reexport",
    "domestic",
    "service",
    "use",
    "veu_check",
    "classify",
]
EndUse = Literal[
    "data_centre",
    "development",
    "production",
    "storage",
    "training_4e091",
    "iaas_training_4e091",
    "resale",
    "other",
]
ItemKind = Literal["ic", "computer", "assembly", "component", "hbm", "software", "technology", "model_weights", "any"]
Role = Literal[
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "final_customer",
    "employer",
    "service_customer",
    "authorised_user",
]
Reading = Literal["codified", "enforced", "article"]


def _country(value: Any) -> Any:
    if isinstance(value, str):
        code = value.strip().upper()
        if len(code) != 2 or not code.isalpha():
            raise ValueError("write a country as its ISO 3166-1 code of two letters")
        return code
    return value


def _countries(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and not value:
        raise ValueError("an empty list says nothing; leave the fact out or write null if it is unknown")
    return value


Country = Annotated[str, BeforeValidator(_country)]
Countries = Annotated[tuple[Country, ...], BeforeValidator(_countries)]
Amount = Annotated[Decimal, Field(ge=0)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Transaction(_Stated):
    date: datetime.date | None = None
    activity: Activity | None = None
    shipped_from: Country | None = None
    destination: Country | None = None
    quantity_tpp: Amount | None = None
    units: Amount | None = None
    end_use: tuple[EndUse, ...] | None = None
    released_to_nationality: Country | None = None


class Operation(_Stated):
    tera_ops: Amount
    bit_length: Amount
    sparse: bool | None = None


class ProcessingUnit(_Stated):
    count: Amount = Decimal(1)
    operations: tuple[Operation, ...]


class DerivedModel(_Stated):
    additional_operations: float | None = None


class Item(_Stated):
    eccn: str | None = None
    for_eccn: str | None = None
    kind: ItemKind | None = None
    datacentre: bool | None = None
    designer: Literal["approved", "authorised", "neither"] | None = None
    tpp: Amount | None = None
    processing_units: tuple[ProcessingUnit, ...] | None = None
    performance_density: Amount | None = None
    applicable_die_area_mm2: Amount | None = None
    dram_bandwidth_gb_s: Amount | None = None
    memory_bandwidth_density: Amount | None = None
    training_operations: float | None = None
    published: bool | None = None
    derived_from_published: DerivedModel | None = None
    note2_operations: float | None = None
    classified_under_note2: bool | None = None
    foreign_produced_on_controlled_chips: bool | None = None
    subject_to_ear: bool | None = None
    origin: Country | None = None
    direct_product_of_listed: bool | None = None


class MinorityHolder(_Stated):
    hq_in: Country | None = None
    percent: Amount | None = None


class Party(_Stated):
    role: Role
    name: str | None = None
    entity: str | None = None
    located_in: Country | None = None
    hq_in: Countries | None = None
    ultimate_parent_hq_in: Countries | None = None
    private_sector: bool | None = None
    government: Literal["agency", "state_owned", "none"] | None = None
    supp8_approved: bool | None = None
    supp8_paragraph: Literal["a", "b", "c", "none"] | None = None
    minority_holders: tuple[MinorityHolder, ...] | None = None
    owner_person_nationality: Country | None = None
    listed_owner_percent: Amount | None = None
    incorporated_in: Country | None = None


class Conditions(_Stated):
    aia_certification: bool | None = None
    lpp_certification: bool | None = None
    purchase_order: bool | None = None
    nac_notice_25_days: bool | None = None
    nac_confirmation: bool | None = None
    dd_certifications: bool | None = None
    weights_facility_supp10: bool | None = None
    enc_met: bool | None = None
    acm_accounting: bool | None = None
    permanent_regular_employee: bool | None = None
    knowledge_of_parent: bool | None = None
    received_under_aia: bool | None = None
    part_744_746_bar: bool | None = None


class Receipt(_Stated):
    date: datetime.date
    tpp: Amount


class Tallies(_Stated):
    country_licensed_tpp: Amount | None = None
    lpp_group_year_tpp: Amount | None = None
    lpp_receipts: tuple[Receipt, ...] | None = None
    nveu_installed_tpp: Amount | None = None


class Veu(_Stated):
    kind: Literal["uveu", "nveu"]
    hq_in: Country | None = None
    ultimate_parent_hq_in: Country | None = None
    installed_tpp_by_country: dict[str, Amount] | None = None
    question: Literal["limits", "country_allocation"] = "limits"


class Case(_Stated):
    """One case, as read; `title`, `cites`, `confidence` and `expect` serve test files and are ignored."""

    id: str | None = None
    reading: Reading | None = None
    transaction: Transaction = Transaction()
    item: Item = Item()
    parties: tuple[Party, ...] = ()
    conditions: Conditions = Conditions()
    tallies: Tallies = Tallies()
    veu: Veu | None = None
    title: Any = None
    cites: Any = None
    confidence: Any = None
    expect: Any = None


def parse_case(data: Any, where: str) -> Case:
    """One case from its JSON value.

    Raises:
        BadInput: a key or a code that the format does not have, with its path.
    """
    if not isinstance(data, dict):
        raise BadInput("A case is one JSON object.", where=where, remedy="See docs/cases.md for its keys.")
    try:
        return Case.model_validate(data)
    except ValidationError as error:
        raise BadInput(
            "; ".join(_in_words(problem) for problem in error.errors()),
            where=where,
            remedy="Nothing was determined; mend the case and run it again.",
        ) from error


def read_cases(text: str, where: str) -> Iterator[Case]:
    """The cases of a file: one object, a list of objects, or JSON lines.

    Raises:
        BadInput: text that is not JSON (with line and column), or a case that is not well formed.
    """
    stripped = text.strip()
    if not stripped:
        raise BadInput("There is no case in the file.", where=where)
    try:
        whole = json.loads(stripped, parse_float=Decimal)
    except json.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2:
            raise _not_json(error, where, 0) from error
        for number, line in lines:
            try:
                data = json.loads(line, parse_float=Decimal)
            except json.JSONDecodeError as line_error:
                raise _not_json(line_error, where, number - 1) from line_error
            yield parse_case(data, f"{where}, line {number}")
        return
    if isinstance(whole, list):
        for position, data in enumerate(whole):
            yield parse_case(data, f"{where}, case {position + 1}")
    else:
        yield parse_case(whole, where)


def _not_json(error: json.JSONDecodeError, where: str, lines_before: int) -> BadInput:
    return BadInput(
        f"This is not JSON: {error.msg} at line {error.lineno + lines_before}, column {error.colno}.",
        where=where,
        remedy="A file holds one case, a list of cases, or one case per line.",
    )


def _in_words(problem: Any) -> str:
    path = ""
    for step in problem["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    if problem["type"] == "extra_forbidden":
        return f"{path}: this key is not part of the format"
    return f"{path}: {problem['msg'][:1].lower()}{problem['msg'][1:]} (given: {problem['input']!r})"
