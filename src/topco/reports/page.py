"""Reports as HTML: one file, nothing fetched, no script; the same answers give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from topco import __version__
from topco.reports import words
from topco.reports.reading import is_determination

if TYPE_CHECKING:
    from jinja2 import Environment

    from topco.reports.screening import Run

_ORDER = (
    *("row", "order_id", "date", "destination", "consignee", "end_user", "eccn", "quantity_tpp"),
    *("review_policy", "review_policy_as_recorded", "reason"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def answers_page(answers: Sequence[Mapping[str, Any]]) -> str:
    """The report of one answer; of several, one after another, with a list of them in front."""
    from topco.reports.determination import determination_report
    from topco.reports.resolution import resolution_report

    reports = [
        determination_report(answer) if is_determination(answer) else resolution_report(answer) for answer in answers
    ]
    return rendered("answers.html.j2", reports=reports)


def screening_page(run: Run, about: Sequence[tuple[str, str]] = ()) -> str:
    """The report of a screening run; `about` are names and texts about the run, for its head."""
    from topco.reports import tally
    from topco.reports.plots import bars, can_draw

    counts = tally.tallies(run)
    return rendered(
        "screening.html.j2",
        run=run,
        about=about,
        total=run.rows.height,
        orders=run.rows["order_id"].n_unique() if "order_id" not in run.missing else None,
        drawn_here=can_draw(),
        tallies=[(one, bars(one.caption, one.bars)) for one in counts],
        reasons=tally.reasons(run),
        strictest=tally.in_words(tally.strictest(run), _ORDER),
        opened=tally.in_words(tally.strictest_open(run), _ORDER),
        refused=tally.in_words(tally.refused(run), ("row", "order_id", "reason")),
    )


def rendered(template: str, **context: Any) -> str:
    """A page from one of the templates."""
    return _environment().get_template(template).render(version=__version__, **context)


@cache
def _environment() -> Environment:
    from markupsafe import Markup

    from topco.reports.determination import outcome

    environment = environment_of("topco.reports")
    environment.keep_trailing_newline = True
    environment.globals |= {
        "spaced": words.spaced,
        # Pictures are made here, with every name escaped; nothing else goes into a page unescaped.
        "drawn": Markup,
        "outcome": outcome,
    }
    return environment


def environment_of(package: str) -> Environment:
    """The templates of a package as all pages are made: all escaped, a missing name an error, codes in words."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=printable,
    )
    environment.globals |= {
        "word": words.word,
        "country": words.country,
        "countries": words.countries,
        "grouped": words.grouped,
    }
    return environment


def printable(value: Any) -> Any:
    """A value without the control characters that no page can hold.

    >>> printable("A\\x00B\\u0085C\\tD"), printable(3)
    ('ABC\\tD', 3)
    """
    from markupsafe import Markup

    return _CONTROL.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value
