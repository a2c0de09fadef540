"""Control over companies by holdings and rights: must, may, cannot (`docs/ownership.md`, sections 1 and 2).

    holdings = Holdings(n, owner, owned, family, exact, lower, upper)      # one row per holding in force
    made = kernels.positions(holdings)                                     # bounds per owner, company and family
    answer = control(made, Test(), decisive_source, decisive_target, natural_or_state, kernels)

`Test` has threshold, strictness, families and aggregation; `Test(aggregated=False)` is `majority`,
`Test(at_least=True, families=frozenset({Family.SHARES}))` is `cascade`. Decisive edges lead from a company to the party
with the right, as the edges of a snapshot do. `answer` is a `Control`; edges are pairs of arrays (company, holder):

- `steps`, `candidate_steps`, `tied`: what resolution follows; rings are rings in them, closed with fewest edges;
- `immediate`, `candidates`: the definition in full (of a ring all members); one company: `must.immediate_of(y)`;
- `settled`: flags; `must.controlled`, `may.controlled`: whether anybody must or may control a company;
- `controllers_of(y)`, `controlled_by(x)`: arrays `must` and `may` (those that only may); all others cannot;
- `addends(y, x)`: the positions that were added up; `rows_of(made, addend.position)` are their holdings;
- `must.pairs()`: all pairs (controller, company); `made.declared_over_100()`: the findings.

`PLAIN` kernels for a few companies, `topco.ownership.control.bulk.COMPILED` for all; `incremental` after a change.
Pure: numpy alone.
"""

from topco.ownership.control.closure import Addend, Control, Controllers, control, rows_of
from topco.ownership.control.criteria import Family, Test
from topco.ownership.control.kernels import PLAIN, ControlKernels
from topco.ownership.control.positions import NO_SHARE, Holdings, Positions, positions

__all__ = [
    "NO_SHARE",
    "PLAIN",
    "Addend",
    "Control",
    "ControlKernels",
    "Controllers",
    "Family",
    "Holdings",
    "Positions",
    "Test",
    "control",
    "positions",
    "rows_of",
]
