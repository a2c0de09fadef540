"""The case: what a user states about a transaction, its item, its parties and its papers.

A fact that is left out or null is unknown, never "no"; so is a whole section. Unknown keys and codes are refused with
their path. The format is documented for users in `docs/cases.md`; `case_files` reads files of cases.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from topco.choices import Reading
from topco.errors import BadInput
from topco.items.statement import FINEST, Item

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


def _date(value: Any) -> Any:
    """Only the written form: a number would pass for seconds since 1970."""
    if isinstance(value, datetime.date) or value is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        return value.strip()
    raise ValueError("write a date as YYYY-MM-DD")


def _whole(value: Decimal) -> Decimal:
    if value < 1 or value % 1:
        raise ValueError("write a whole number of at least 1")
    return value


def _near(value: Decimal) -> Decimal:
    """A decimal that exact arithmetic takes: of 1e-999999999 the fraction alone would take hours, and all the while."""
    if int(value.as_tuple().exponent) < -FINEST:
        raise ValueError(f"write it with at most {FINEST} decimals")
    return value


def _section(value: Any) -> Any:
    """A section that is null says nothing, as if it were left out."""
    return {} if value is None else value


def _none_if_empty(value: Any) -> Any:
    return None if value == [] else value


def _sorted(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """The order of the keys of a JSON object says nothing: an answer must not depend on it."""
    return None if value is None else dict(sorted(value.items()))


def _nobody(value: Any) -> Any:
    return () if value is None else value


# Sums of amounts stay exact in the decimal context far below this, and nothing of the kind is that large.
LARGEST_AMOUNT = Decimal("1e18")

Country = Annotated[str, BeforeValidator(_country)]
Countries = Annotated[tuple[Country, ...], BeforeValidator(_countries)]
Amount = Annotated[Decimal, Field(ge=0, le=LARGEST_AMOUNT), AfterValidator(_near)]
Percent = Annotated[Decimal, Field(ge=0, le=100), AfterValidator(_near)]
Units = Annotated[Amount, AfterValidator(_whole)]
Date = Annotated[datetime.date, BeforeValidator(_date)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Transaction(_Stated):
    date: Date | None = None
    activity: Activity | None = None
    shipped_from: Country | None = None
    destination: Country | None = None
    quantity_tpp: Amount | None = None
    units: Units | None = None
    end_use: Annotated[tuple[EndUse, ...] | None, BeforeValidator(_none_if_empty)] = None
    released_to_nationality: Country | None = None


class MinorityHolder(_Stated):
    hq_in: Country | None = None
    percent: Percent | None = None


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
    listed_owner_percent: Percent | None = None
    incorporated_in: Country | None = None

    @property
    def government_controlled(self) -> bool | None:
        """Whether a government is the party, or owns or controls it; None if nobody says."""
        return None if self.government is None else self.government != "none"


STATED_BY = {"government_controlled": ("government", {True: "state_owned", False: "none"})}
"""What a party says of itself in other words: the fact that states it, and a value of that fact for either answer."""


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
    designer_application_current: bool | None = None


class Receipt(_Stated):
    date: Date
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
    installed_tpp_by_country: Annotated[dict[str, Amount | None] | None, AfterValidator(_sorted)] = None
    question: Literal["limits", "country_allocation"] = "limits"


class Case(_Stated):
    """One case, as read; `title`, `cites`, `confidence` and `expect` serve test files and are ignored."""

    id: str | None = None
    reading: Reading | None = None
    transaction: Annotated[Transaction, BeforeValidator(_section)] = Transaction()
    item: Annotated[Item, BeforeValidator(_section)] = Item()
    parties: Annotated[tuple[Party, ...], BeforeValidator(_nobody)] = ()
    conditions: Annotated[Conditions, BeforeValidator(_section)] = Conditions()
    tallies: Annotated[Tallies, BeforeValidator(_section)] = Tallies()
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
            remedy="The case was not determined; mend it and run it again.",
        ) from error


def _in_words(problem: Any) -> str:
    path = ""
    for step in problem["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    if problem["type"] == "extra_forbidden":
        return f"{path}: this key is not part of the format"
    return f"{path}: {problem['msg'][:1].lower()}{problem['msg'][1:]} (given: {problem['input']!r})"
