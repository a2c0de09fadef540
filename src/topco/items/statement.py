"""What a user states about an item: the keys of `item` in a case, and further figures.

Whatever is left out or null is unknown, never "no". Unknown keys and codes are refused with their path. Figures are
decimals as written: a JSON number or a string of digits. The format is documented in `docs/classify.md`.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from topco.errors import BadInput

Kind = Literal["ic", "computer", "assembly", "component", "hbm", "software", "technology", "model_weights", "any"]

# Far beyond anything that exists, and near enough that exact arithmetic stays quick.
LARGEST, FINEST, LONGEST = 60, 30, 60


def _exact(value: Any) -> Any:
    """A number as it was written; a float comes from elsewhere in the program and stands for its shortest form."""
    if isinstance(value, bool):
        raise ValueError("write a number")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value.is_finite():
        _, digits, exponent = value.as_tuple()
        if (value != 0 and value.adjusted() > LARGEST) or int(exponent) < -FINEST or len(digits) > LONGEST:
            raise ValueError("no figure of an item is that large, that small or that long")
    return value


def _written(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return _exact(Decimal(value.strip()))
        except ArithmeticError:
            raise ValueError("write a number") from None
    return _exact(Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value)


def _whole(value: Any) -> Any:
    """A whole number that is written with a point is one."""
    return int(value) if isinstance(value, Decimal) and value.is_finite() and value == int(value) else value


def _day(value: Any) -> Any:
    """Only the written form: a number would pass for seconds since 1970."""
    if value is None or isinstance(value, str | datetime.date):
        return value
    raise ValueError("write a date as YYYY-MM-DD")


Figure = Annotated[Decimal, BeforeValidator(_written), Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10**9, strict=True)]
Positive = Annotated[Decimal, BeforeValidator(_written), Field(gt=0, allow_inf_nan=False)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Operation(_Stated):
    """What one unit does per second at one bit length: `tera_ops`, or `value` with its `unit`.

    `sparse`: whether the figure counts on sparse matrices; `sparsity_factor`: how often the data sheet's sparse figure
    holds the dense one.
    """

    tera_ops: Figure | None = None
    value: Figure | None = None
    unit: str | None = None
    bit_length: Figure | None = None
    sparse: bool | None = None
    sparsity_factor: Positive | None = None

    @model_validator(mode="after")
    def _one_figure(self) -> Operation:
        if self.tera_ops is not None and self.value is not None:
            raise ValueError("state tera_ops, or value with unit, not both")
        if (self.value is None) != (self.unit is None):
            raise ValueError("value and unit go together")
        return self


class ProcessingUnit(_Stated):
    name: str | None = None
    count: Count = 1
    operations: Annotated[tuple[Operation, ...], Field(min_length=1)]


class Die(_Stated):
    """One die, or `count` equal ones, in the package; only logic dies with non-planar transistors give area."""

    name: str | None = None
    count: Count = 1
    area_mm2: Positive | None = None
    logic: bool | None = None
    transistors: Literal["planar", "non_planar"] | None = None
    processing_units: tuple[ProcessingUnit, ...] | None = None


class DerivedModel(_Stated):
    additional_operations: Figure | None = None


class Generator(_Stated):
    """A model that made training data: how many of the operations work on its data, and what it cost itself."""

    name: str | None = None
    operations_on_its_data: Figure | None = None
    generation_operations: Figure | None = None
    training_operations: Figure | None = None
    weights_published: bool | None = None
    data_published: bool | None = None
    already_counted: bool = False


class Training(_Stated):
    """The operations spent on the model itself, or its size and its tokens; and the models that made data for it."""

    own_operations: Figure | None = None
    parameters: Figure | None = None
    tokens: Figure | None = None
    synthetic_data: tuple[Generator, ...] = ()


class Item(_Stated):
    eccn: str | None = None
    for_eccn: str | None = None
    for_item: Item | None = None
    kind: Kind | None = None
    count: Count = 1
    datacentre: bool | None = None
    tpp: Figure | None = None
    processing_units: tuple[ProcessingUnit, ...] | None = None
    dies: tuple[Die, ...] | None = None
    performance_density: Figure | None = None
    applicable_die_area_mm2: Figure | None = None
    contains: tuple[Item, ...] | None = None
    memory_bandwidth_density: Figure | None = None
    memory_bandwidth_gb_s: Figure | None = None
    package_area_mm2: Positive | None = None
    training_operations: Figure | None = None
    training: Training | None = None
    published: bool | None = None
    derived_from_published: DerivedModel | Literal[False] | None = None
    note2_operations: Figure | None = None
    note2_as_of: Annotated[datetime.date | None, BeforeValidator(_day)] = None
    classified_under_note2: bool | None = None
    # What other rules read of an item, and no classification does.
    designer: Literal["approved", "authorised", "neither"] | None = None
    dram_bandwidth_gb_s: Figure | None = None
    foreign_produced_on_controlled_chips: bool | None = None
    subject_to_ear: bool | None = None
    origin: str | None = None
    direct_product_of_listed: bool | None = None

    @model_validator(mode="after")
    def _content_or_figures(self) -> Item:
        figures = (self.tpp, self.performance_density, self.processing_units, self.dies, self.applicable_die_area_mm2)
        if self.contains is not None and any(one is not None for one in figures):
            raise ValueError("state the figures of the parts under contains, or of the whole, not both")
        if self.contains is not None and self.kind == "ic":
            raise ValueError("the chiplets of one package are summed: state them under dies, not under contains")
        return self


def parse_item(data: Any, where: str) -> Item:
    """One item from its JSON value.

    Raises:
        BadInput: a key or a code that the format does not have, or a figure that is none, with its path.
    """
    if not isinstance(data, dict):
        raise BadInput("An item is one JSON object.", where=where, remedy="See docs/classify.md for its keys.")
    try:
        return Item.model_validate(data)
    except ValidationError as error:
        raise BadInput(
            "; ".join(_in_words(problem) for problem in error.errors()),
            where=where,
            remedy="The item was not classified; mend it and run it again.",
        ) from error
    except RecursionError as error:
        raise BadInput("The item holds items without end.", where=where, remedy="Nest less deeply.") from error


def _in_words(problem: Any) -> str:
    path = "item"
    for step in problem["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    if problem["type"] == "extra_forbidden":
        return f"{path}: this key is not part of the format"
    message = problem["msg"].removeprefix("Value error, ")
    given = repr(problem["input"])
    return f"{path}: {message[:1].lower()}{message[1:]} (given: {given if len(given) <= 80 else given[:77] + '...'})"
