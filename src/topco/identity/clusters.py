"""Which identifiers are one party: shared numbers link, a person's word goes before, contradictions link nothing.

`queries/resolution/identity/*.ru` define the same in SPARQL; a test holds the two equal on random evidence.

1. A record that bears a number of a linking scheme is linked with that number, unless a person held the two different.
2. Links that would join two numbers of a scheme which gives each party one are not believed: none of that group. Nor
   are those that would join, with a person's own links, two identifiers that a person held different.
3. Links that a person made (`Same`, the latest verdict on the pair) are added.
4. What hangs together is one party. For it stands the identifier of the first scheme, of several one that has a record
   of its own, then the smallest IRI; a name of a list only where there are nothing but names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from topco.identity.policy import NAME_SCHEME, OF_NAMES, UNRANKED, SourcePolicy
from topco.namespaces import ENTITY_BASE
from topco.store.quads import entity_iri

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAIR = pl.Schema({"first": pl.String(), "second": pl.String()})
_PLAIN = r"^[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9._~-]+$"
OPEN = pl.Schema({**PAIR, "why": pl.String(), "score": pl.Int64(), "record": pl.String()})


@dataclass(frozen=True)
class Clusters:
    """The parties of several identifiers.

    Attributes:
        parties: `id` and `party`, one row for every identifier that has another one.
        links: the pairs that are believed, `first` and `second`.
        undecided: pairs that may be one party and are not held so: `first`, `second`, `why` (`proposed`, `unsure`,
            `shared_number`: the number would join two numbers of one register, or two that a person holds different),
            `score`, `record`.
    """

    parties: pl.DataFrame
    links: pl.DataFrame
    undecided: pl.DataFrame


def clusters(
    identifiers: pl.DataFrame, judgements: pl.DataFrame, policy: SourcePolicy, described: pl.LazyFrame | None = None
) -> Clusters:
    """Parties from what registers and persons say.

    Args:
        identifiers: columns `id`, `other_id`, `record` of the evidence table.
        judgements: columns `first`, `second`, `verdict`, `score`, `judged_at`, `record` of the evidence table.
        described: the identifiers (`id`) that have an entity record.
    """
    decided, proposed = latest_verdicts(judgements)
    different = decided.filter(pl.col("verdict") == "Different").select(PAIR.names())
    prefixes = tuple(f"{scheme.code}:" for scheme in policy.schemes)
    shared = _ordered(
        identifiers.select(first="id", second="other_id", record="record").filter(
            (pl.col("first") != pl.col("second"))
            & pl.any_horizontal(pl.col("second").str.starts_with(prefix) for prefix in prefixes)
        )
    ).join(different, on=PAIR.names(), how="anti")
    same = decided.filter(pl.col("verdict") == "Same").select(PAIR.names())
    believed, doubted = _without_contradictions(shared, same, different, policy)
    links = pl.concat([believed.select(PAIR.names()), same]).unique()
    parties = _parties(links, policy, described)
    undecided = pl.concat(
        [
            doubted.select(*PAIR.names(), pl.lit("shared_number").alias("why"), _none(pl.Int64), "record"),
            decided.filter(pl.col("verdict") == "Unsure").select(
                *PAIR.names(), pl.lit("unsure").alias("why"), "score", "record"
            ),
            proposed.select(*PAIR.names(), pl.lit("proposed").alias("why"), "score", "record"),
        ]
    )
    undecided = undecided.join(decided.filter(pl.col("verdict") != "Unsure"), on=PAIR.names(), how="anti")
    return Clusters(parties, links, _apart(undecided, parties))


def _none(kind: type[pl.DataType]) -> pl.Expr:
    return pl.lit(None, dtype=kind).alias("score")


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    """The same pairs with the smaller identifier first."""
    return pairs.with_columns(
        pl.min_horizontal("first", "second").alias("first"), pl.max_horizontal("first", "second").alias("second")
    )


_SEVERITY = {"Different": 2, "Unsure": 1, "Same": 0}


def latest_verdicts(judgements: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The last verdict of persons on every pair (of two at one moment the severest), and pairs only proposed."""
    ordered = _ordered(judgements.filter(pl.col("first") != pl.col("second")))
    # A word that is no verdict says nothing; validation names it.
    verdicts = ordered.filter(pl.col("verdict").is_in(list(_SEVERITY))).with_columns(
        severity=pl.col("verdict").replace_strict(_SEVERITY, return_dtype=pl.Int8)
    )
    latest = verdicts.sort("judged_at", "severity", "record", nulls_last=False).unique(
        PAIR.names(), keep="last", maintain_order=True
    )
    proposed = ordered.filter(pl.col("verdict") == "Proposed").sort("score", "record", nulls_last=False)
    proposed = proposed.unique(PAIR.names(), keep="last", maintain_order=True)
    return latest, proposed.join(latest, on=PAIR.names(), how="anti")


def _without_contradictions(
    shared: pl.DataFrame, same: pl.DataFrame, different: pl.DataFrame, policy: SourcePolicy
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The links of groups without two numbers of one register and without a pair that persons part, and the others."""
    members = _labelled(shared.select(PAIR.names()))
    bad: list[int] = []
    for scheme in policy.schemes:
        if scheme.one_per_party:
            several = members.filter(pl.col("id").str.starts_with(f"{scheme.code}:")).group_by("group").len()
            bad += several.filter(pl.col("len") > 1)["group"].to_list()
    doubted = members.filter(pl.col("group").is_in(bad)).select("id")
    together = _labelled(pl.concat([shared.select(PAIR.names()), same]))
    ends = different.join(together, left_on="first", right_on="id").join(together, left_on="second", right_on="id")
    parted = ends.filter(pl.col("group") == pl.col("group_right"))["group"].unique()
    doubted = pl.concat([doubted, together.filter(pl.col("group").is_in(parted.implode())).select("id")]).unique()
    return (
        shared.join(doubted, left_on="first", right_on="id", how="anti"),
        shared.join(doubted, left_on="first", right_on="id", how="semi"),
    )


def _parties(links: pl.DataFrame, policy: SourcePolicy, described: pl.LazyFrame | None) -> pl.DataFrame:
    members = _labelled(links)
    known = pl.Series([], dtype=pl.String)
    if described is not None and len(members):
        known = described.filter(pl.col("id").is_in(members["id"].implode())).collect()["id"].unique()
    order = pl.col("id").str.extract(r"^([^:]+):", 1)
    ranked = members.with_columns(
        rank=order.replace_strict(
            {scheme.code: scheme.order for scheme in policy.schemes} | {NAME_SCHEME.rstrip(":"): OF_NAMES},
            default=UNRANKED,
            return_dtype=pl.Int64,
        ),
        stub=~pl.col("id").is_in(known.implode()),
        iri=pl.col("id").map_batches(_iris, return_dtype=pl.String),
    ).sort("group", "rank", "stub", "iri")
    return ranked.select("id", party=pl.col("id").first().over("group")).sort("id")


def _labelled(links: pl.DataFrame) -> pl.DataFrame:
    """Every identifier of the links (`id`) and the number of what it hangs together with (`group`)."""
    ids = pl.concat([links["first"], links["second"].alias("first")]).unique().sort()
    place = pl.DataFrame({"id": ids, "place": np.arange(len(ids))})
    ends = [
        links.select(pl.col(name).alias("id"))
        .join(place, on="id", how="left", maintain_order="left")["place"]
        .to_numpy()
        for name in PAIR.names()
    ]
    return pl.DataFrame({"id": ids, "group": _components(len(ids), ends[0], ends[1])})


def _components(n: int, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest member of everything's component: labels are lowered along links and shortened until nothing moves.

    >>> _components(5, np.array([0, 3]), np.array([1, 4])).tolist()
    [0, 0, 2, 3, 3]
    """
    label = np.arange(n)
    while True:
        before = label.copy()
        low = np.minimum(label[first], label[second])
        np.minimum.at(label, first, low)
        np.minimum.at(label, second, low)
        label = label[label]
        if np.array_equal(before, label):
            return label


def _apart(pairs: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """The pairs of parties, as far as they are not one already, each once, the surest first."""
    for name in PAIR.names():
        pairs = pairs.join(parties.rename({"id": name, "party": f"{name} party"}), on=name, how="left")
    left, right = (pl.col(f"{name} party").fill_null(pl.col(name)) for name in PAIR.names())
    return (
        _ordered(pairs.filter(left != right).with_columns(left.alias("first"), right.alias("second")))
        .select(OPEN.names())
        .cast(dict(OPEN))  # type: ignore[arg-type]
        .sort("score", "first", "second", descending=[True, False, False], nulls_last=True)
        .unique(PAIR.names(), keep="first", maintain_order=True)
    )


def _iris(ids: pl.Series) -> pl.Series:
    """The IRIs of identifiers; what needs no escaping, nearly all, is written at once.

    >>> _iris(pl.Series(["LEI:AB", "X:a b", "https://example.org/x"])).to_list()[1:]
    ['https://w3id.org/topco/id/X/a%20b', 'https://example.org/x']
    """
    found = ENTITY_BASE + ids.str.replace(":", "/", literal=True)
    odd = (~ids.str.contains(_PLAIN)).arg_true()
    return found.scatter(odd, [entity_iri(one) for one in ids.gather(odd)]) if len(odd) else found
