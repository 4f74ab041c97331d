"""The months of one metric and unit as a control chart takes them: counts, of how many, and what may be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from metrics import answer, catalogue, compile, periods, places
from metrics.answer import PROVISIONAL, Row
from metrics.model import Metric, Query
from metrics.places import Snapshot
from metrics.stats.choice import Nature
from metrics.viewer import Viewer
from warehouse.calendar import WorkingCalendar
from warehouse.paths import DataDir

SQL = Path(__file__).resolve().parents[1] / "sql" / "working_days.sql"
MATERIAL_SHARE = 0.05
"""A province's month that lacks more of its communes is provisional; one silent commune does not stop the chart."""


@dataclass(frozen=True)
class Month:
    """One month of a series; without a value it is a gap."""

    token: str
    starts_on: date
    ends_on: date
    value: float | None = None
    """As charted: a share, a count per working day, or the metric's own value."""
    count: float | None = None
    of: float | None = None
    """The cases of a share, the working days of a count."""
    is_provisional: bool = False
    is_small: bool = False
    row: Row | None = None

    @property
    def is_used(self) -> bool:
        """Return whether the month makes limits and is judged by them."""
        return self.value is not None and not self.is_provisional and not self.is_small


def nature(metric: Metric) -> Nature:
    """Return what a metric's months are, for the choice of a chart.

    Sums of amounts and different keys are counts too: they vary more than chance, which u′ takes up. A ratio or
    proportion of what stood open on a day is a value.
    """
    is_stock = any(c.period_on in compile.STOCKS for c in compile.components(metric))
    if is_stock:
        return "value"
    if metric.is_share and metric.interval == "wilson":
        return "share"
    return "count" if metric.kind in ("count", "distinct") else "value"


def gather(query: Query, viewer: Viewer, snapshot: Snapshot, months: int) -> tuple[Month, ...]:
    """Return up to so many months until the end of the query's period, oldest first, without empty ends."""
    metric = catalogue.metric(query.metrics[0])
    if query.by is not None and query.split_value is None:
        raise ValueError("a control chart is of one value of a split")
    last = f"{periods.parse(query.period_to or query.period, query.calendar).end:%Y-%m}"
    asked = periods.series(_earlier(last, months - 1), last, query.calendar)
    question = query.at(metrics=(metric.name,), period=asked[0].token, period_to=asked[-1].token)
    rows = {(r.period_end, r.unit_id): r for r in answer.ask(question, viewer, snapshot)}
    if any(sum(end == p.end for end, _ in rows) > 1 for p in asked):
        raise ValueError("a control chart is of one unit")
    by_end = {end: row for (end, _), row in rows.items()}
    known_to = places.of(snapshot).data_on
    kind = nature(metric)
    until = {p.end: min(p.end, known_to or p.end) for p in asked}
    days = working_days([(p.start, until[p.end]) for p in asked], snapshot) if kind == "count" else [0.0] * len(asked)
    made = [_month(p, by_end.get(p.end), kind, n) for p, n in zip(asked, days, strict=True)]
    filled = [i for i, m in enumerate(made) if m.value is not None]
    return tuple(made[filled[0] : filled[-1] + 1]) if filled else ()


def _earlier(token: str, months: int) -> str:
    """Return the month that many months before.

    >>> _earlier("2026-02", 3)
    '2025-11'
    """
    at = 12 * int(token[:4]) + int(token[5:7]) - 1 - months
    return f"{at // 12}-{at % 12 + 1:02d}"


def _month(period: periods.Period, row: Row | None, kind: Nature, days: float) -> Month:
    if row is None or not row.is_shown or row.value is None:
        return Month(period.token, period.start, period.end, row=row)
    marks = {"is_provisional": is_provisional(row), "is_small": row.is_small}
    if kind == "value":
        return Month(period.token, period.start, period.end, float(row.value), row=row, **marks)
    count = float(row.numerator or 0)
    of = float(row.denominator or 0) if kind == "share" else days
    value = count / of if of else None
    return Month(period.token, period.start, period.end, value, count, of, row=row, **marks)


def is_provisional(row: Row) -> bool:
    """Return whether a month's figure is to be kept out of verdicts.

    It is while the period runs on or the unit's own months are missing; of a province or area only where a material
    share of its communes has not sent.
    """
    if row.status != "provisional":
        return False
    why = [r for r in row.reasons if r.code in PROVISIONAL]
    others = [r for r in why if r.code != "partial"]
    return bool(others) or not why or any(_lacks(dict(r.values)) for r in why)


def _lacks(values: dict[str, str]) -> bool:
    return int(values["n"]) > MATERIAL_SHARE * int(values["total"])


def working_days(stretches: Sequence[tuple[date, date]], snapshot: Snapshot) -> list[float]:
    """Return the working days from each first day to its last, by the snapshot's calendar, else the reference file's.

    All are read at once: a query for each month cost more than the months' figures.
    """
    cursor = snapshot.cursor()
    try:
        values = {"first": min(first for first, _ in stretches), "last": max(last for _, last in stretches)}
        known = dict(cursor.execute(SQL.read_text(encoding="utf-8"), values).fetchall())
    finally:
        cursor.close()
    found = []
    for first, last in stretches:
        days = [known.get(first + timedelta(days=n)) for n in range((last - first).days + 1)]
        if None in days:
            calendar = WorkingCalendar.load(DataDir.from_environment())
            found.append(float(calendar.working_days_between(first, last) + calendar.is_working_day(first)))
        else:
            found.append(float(sum(map(bool, days))))
    return found


def used(months: Sequence[Month]) -> list[Month]:
    """Return the months that are judged."""
    return [m for m in months if m.is_used]
