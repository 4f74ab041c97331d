"""Whether a unit is late because of what it is asked to do: lateness seen beside that expected for its procedures.

Indirect standardisation. Expected = the unit's settled cases per procedure × the province's late rate in it; small
procedures are taken together by field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from metrics import answer, places
from metrics.answer import Row
from metrics.model import Query
from metrics.notes import Reason, reason
from metrics.places import Snapshot
from metrics.stats import casemix as stats
from metrics.stats.casemix import Gap, Ratio
from metrics.viewer import Viewer

METRIC, SPLIT = "late_rate", "procedure_code"


@dataclass(frozen=True)
class Procedure:
    """One procedure, or what is left of a field: late cases of the unit, and those its province would lead to."""

    name: str
    late: int
    settled: int
    expected: float


@dataclass(frozen=True)
class CaseMix:
    """A unit's lateness beside what its mix of procedures leads one to expect; `why_not` says why there is none."""

    unit_id: str
    unit_name: str
    start: date
    end: date
    late: int
    settled: int
    overall: float | None
    """The province's late rate over all procedures."""
    ratio: Ratio | None
    gap: Gap | None
    procedures: tuple[Procedure, ...]
    """Those in which seen and expected lie furthest apart first."""
    n_pooled: int
    """Procedures of the unit that were taken together by field."""
    is_provisional: bool
    is_small: bool
    why_not: Reason | None = None

    @property
    def own(self) -> float | None:
        """The unit's own late rate."""
        return self.late / self.settled if self.settled else None

    @property
    def expected_rate(self) -> float | None:
        """The late rate that the unit would have if each procedure were late as often as in the province."""
        return self.ratio.expected / self.settled if self.ratio and self.settled else None


def casemix(query: Query, viewer: Viewer, snapshot: Snapshot) -> CaseMix:
    """Return the comparison for the question's unit and period, held against its province."""
    known = places.of(snapshot)
    assert query.unit is not None, "the mix is that of one unit"
    asked = query.at(metrics=(METRIC,), by=None, split_value=None, period_to="", within=None)
    whole = answer.ask(asked, viewer, snapshot).rows
    row = whole[-1]  # in a period with two sides: today's
    province = known.version(row.unit_id, row.period_end).province_id or row.unit_id
    above = asked.at(level="province", unit=province)
    unit_rows = _of_last_side(answer.ask(asked.at(by=SPLIT), viewer, snapshot).rows, row)
    all_rows = _of_last_side(answer.ask(above.at(by=SPLIT), viewer, snapshot).rows, row)
    late, settled = _counts(unit_rows)
    late_above, settled_above = _counts(all_rows)
    n, observed = sum(settled.values()), sum(late.values())
    why_not = row.reasons[0] if not row.is_shown and row.reasons else None
    if why_not is None and (not n or not settled_above):
        why_not = reason("mix_few_late")
    if why_not is not None:
        return CaseMix(row.unit_id, row.unit_name, row.period_start, row.period_end, observed, n, None, None, None, (),
                       0, row.status == "provisional", row.is_small, why_not)  # fmt: skip
    for procedure, m in settled.items():  # what a viewer sees of the province always holds the unit's own
        settled_above.setdefault(procedure, m)
        late_above.setdefault(procedure, late.get(procedure, 0))
    names, fields = _catalogue(snapshot)
    strata = stats.strata(late_above, settled_above, fields)
    expected = stats.expected(settled, strata)
    overall = sum(late_above.values()) / sum(settled_above.values())
    return CaseMix(
        row.unit_id,
        row.unit_name,
        row.period_start,
        row.period_end,
        observed,
        n,
        overall,
        stats.ratio(observed, expected),
        stats.gap(observed / n, expected / n, overall),
        _procedures(late, settled, strata, names),
        sum(not strata.stratum_of[p].startswith("procedure:") for p in settled),
        row.status == "provisional",
        row.is_small,
    )


def _of_last_side(rows: tuple[Row, ...], like: Row) -> list[Row]:
    return [r for r in rows if r.period_end == like.period_end and r.split_value is not None]


def _counts(rows: list[Row]) -> tuple[dict[str, int], dict[str, int]]:
    """Return late and settled cases by procedure."""
    kept = [r for r in rows if r.is_shown and r.denominator]
    late = {str(r.split_value): int(r.numerator or 0) for r in kept}
    return late, {str(r.split_value): int(r.denominator or 0) for r in kept}


def _catalogue(snapshot: Snapshot) -> tuple[dict[str, str], dict[str, str]]:
    """Return name and field of each procedure, the newest entry first to count."""
    rows = (
        snapshot.cursor()
        .execute("SELECT procedure_code, procedure_name, field_name FROM dim_procedure ORDER BY valid_from")
        .fetchall()
    )
    return {code: name or code for code, name, _ in rows}, {code: field for code, _, field in rows if field}


def _procedures(
    late: dict[str, int], settled: dict[str, int], strata: stats.Strata, names: dict[str, str]
) -> tuple[Procedure, ...]:
    made = [
        Procedure(names.get(code, code), late.get(code, 0), n, n * strata.rate(code)) for code, n in settled.items()
    ]
    return tuple(sorted(made, key=lambda p: (-abs(p.late - p.expected), p.name)))
