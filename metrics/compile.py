"""From definitions to SQL: each metric becomes parts (a predicate on rows), parts of one scan become one statement.

The engine counts; it never divides. `:start`, `:end` and `:at` in a predicate are the first day, the last day and the
day at which a stock is read; they become columns of `span`, so that one scan answers for many periods.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from metrics import catalogue, expression, points
from metrics.model import Boundaries, Metric
from metrics.model import Part as Side

AT, START = "at", "start"
STOCKS = (AT, START)
"""`period_on` of a stock: read on the last day, or as carried into the first."""
HISTOGRAMS = ("quantile", "mean", "distinct")
"""Kinds whose rows are counted per value of the measure."""

PLACEHOLDERS = {":start": "span.starts_on", ":end": "span.ends_on", ":at": "span.ends_on"}
KEYWORDS = {"and", "or", "not", "in", "is", "null", "true", "false", "case", "when", "then", "else", "end", "coalesce"}
FEW_LITERALS = 20
"""So many values or fewer are named one by one."""


@dataclass(frozen=True)
class Part:
    """Rows that a predicate picks, and the date by which they fall into a period; with a measure: a histogram of it.

    With an `amount` the column is added up over the rows instead of counting them.
    """

    source: str
    period_on: str
    predicate: str
    measure: str = ""
    unit_on: str = "unit_id"
    amount: str = ""

    @property
    def scan(self) -> tuple[str, str, str, str]:
        """Return what parts must share to be counted in one scan (each histogram is its own)."""
        return (self.source, self.period_on, self.unit_on, f"{self.measure} {self.predicate}" if self.measure else "")


@dataclass(frozen=True)
class Span:
    """One period, or one side of it, as the engine sees it: clipped to the data's date."""

    no: int
    starts_on: date
    ends_on: date
    rolls_on: date
    """The day whose units and groupings are meant: the last one, or today's."""


def both(denominator: str, numerator: str) -> str:
    """Return the predicate of a numerator, counted inside its denominator."""
    return f"({denominator}) AND ({numerator})" if denominator else numerator


def numerator_part(metric: Metric) -> Part:
    """Return the rows that the metric counts."""
    if metric.kind in HISTOGRAMS:
        picked = metric.numerator if metric.kind == "distinct" else metric.denominator
        return Part(metric.source, metric.period_on, picked, metric.measure, metric.unit_on)
    inside = metric.denominator if metric.kind == "proportion" else ""
    picked = both(inside, metric.numerator)
    return Part(metric.source, metric.period_on, picked, "", metric.unit_on, metric.amount)


def denominator_part(metric: Metric) -> Part | None:
    """Return the rows it counts among, None where that is no set of rows."""
    if metric.kind != "proportion":
        return None
    return Part(metric.source, metric.period_on, metric.denominator, "", metric.unit_on, metric.base_amount)


def unfinished_part(metric: Metric) -> Part | None:
    """Return the rows of the denominator whose outcome is still to come, None where all is known."""
    if not metric.unfinished:
        return None
    return Part(metric.source, metric.period_on, both(metric.denominator, metric.unfinished), "", metric.unit_on)


def components(metric: Metric, side: Side | None = None) -> tuple[Metric, ...]:
    """Return the metrics that a metric is made of (of a ratio: on one side of it), itself where it is made of none."""
    if metric.kind == "score":
        listed: Sequence[str] = (*points.metrics_of(str(metric.options["group"])), *points.bases())
    elif metric.kind in ("derived", "ratio"):
        over, under = expression.sides(metric.expression) if metric.kind == "ratio" else (metric.expression, "")
        text = {"numerator": over, "denominator": under or over, None: metric.expression}[side]
        listed = expression.names(text)
    else:
        return (metric,)
    return tuple(c for name in listed for c in components(catalogue.metric(name)))


def parts(metrics: Sequence[Metric]) -> tuple[Part, ...]:
    """Return every part that the metrics need, each once."""
    found: dict[Part, None] = {}
    for metric in metrics:
        for component in components(metric):
            if component.kind == "catalogue":
                continue
            for part in (numerator_part(component), denominator_part(component), unfinished_part(component)):
                if part is not None:
                    found[part] = None
    return tuple(found)


def scans(wanted: Sequence[Part]) -> tuple[tuple[Part, ...], ...]:
    """Return the parts grouped into scans."""
    groups: dict[tuple[str, str, str, str], list[Part]] = {}
    for part in wanted:
        groups.setdefault(part.scan, []).append(part)
    return tuple(tuple(group) for group in groups.values())


def columns(metric: Metric) -> frozenset[str]:
    """Return the mart columns that a definition names."""
    found: set[str] = set()
    for component in components(metric):
        if component.kind == "catalogue":
            continue
        text = " ".join((component.numerator, "" if component.kind == "rate" else component.denominator))
        text = f"{text} {component.unfinished}"
        amounts = f"{component.amount} {component.base_amount}"
        text = re.sub(r"'[^']*'|:\w+", " ", f"{text} {component.measure} {amounts} {component.unit_on}")
        found.update(w for w in re.findall(r"[a-z_][a-z_0-9]*", text, re.I) if w.lower() not in KEYWORDS)
        if component.period_on and component.period_on not in STOCKS:
            found.add(component.period_on)
    return frozenset(found)


def bound(predicate: str) -> str:
    """Return the predicate with its placeholders bound to the span's columns."""
    return re.sub(r":(start|end|at)\b", lambda found: PLACEHOLDERS[found[0]], predicate)


def unit_expression(part: Part, boundaries: Boundaries) -> str:
    """Return who answers for a row: the body in force on the event's day, or its successor of today."""
    if part.unit_on != "unit_id":
        return part.unit_on
    if boundaries == "today":
        return "coalesce(successor_unit_id, unit_id)"
    day = {AT: "span.ends_on", START: "span.starts_on"}.get(part.period_on, part.period_on)
    return f"CASE WHEN unit_ends_on IS NOT NULL AND {day} >= unit_ends_on THEN successor_unit_id ELSE unit_id END"


def in_span(part: Part) -> str:
    """Return the condition that puts a row into a span; a stock's own predicate says the rest."""
    if part.period_on == AT:
        return f"{begins_on(part)} <= span.ends_on"
    if part.period_on == START:
        return f"{begins_on(part)} < span.starts_on"
    return f"{part.period_on} BETWEEN span.starts_on AND span.ends_on"


def begins_on(part: Part) -> str:
    """Return the column of the day from which a row of the part's table can stand open."""
    return catalogue.sources()[part.source].begins_on


def literals(values: Sequence[str]) -> str:
    """Return texts as SQL literals; they come from the reference tables or a checked split."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def members(values: Sequence[str]) -> str:
    """Return what stands in IN (…): hundreds go in as one literal, which is parsed in a fraction of the time."""
    if len(values) <= FEW_LITERALS:
        return literals(values)
    return f"SELECT unnest(string_split({literals([','.join(values)])}, ','))"


def spans_cte(spans: Sequence[Span]) -> str:
    """Return the periods as a common table expression."""
    rows = ", ".join(f"({s.no}, DATE '{s.starts_on}', DATE '{s.ends_on}', DATE '{s.rolls_on}')" for s in spans)
    return f"span (no, starts_on, ends_on, rolls_on) AS (VALUES {rows})"


def unit_filter(part: Part, units: Sequence[str] | None) -> str:
    """Return a coarse filter by unit on the fact's own columns, so that a unit's question reads little."""
    if units is None:
        return "TRUE"
    listed = members(units)
    if part.unit_on != "unit_id":
        return f"{part.unit_on} IN ({listed})"
    return f"(unit_id IN ({listed}) OR successor_unit_id IN ({listed}))"


def split_expression(by: str | None) -> str:
    """Return the split as text, "" where the row does not say."""
    return f"coalesce(CAST({by} AS VARCHAR), '')" if by else "''"


def _conditions(
    part: Part, spans: Sequence[Span], units: Sequence[str] | None, by: str | None, split_value: str | None
) -> list[str]:
    first, last = min(s.starts_on for s in spans), max(s.ends_on for s in spans)
    column = part.period_on if part.period_on not in STOCKS else begins_on(part)
    found = [f"{column} <= DATE '{last}'"]
    if part.period_on not in STOCKS:
        found.insert(0, f"{column} >= DATE '{first}'")
    if units is not None:
        found.append(unit_filter(part, units))
    if by and split_value is not None:
        found.append(f"{split_expression(by)} = {literals([split_value])}")
    return found


def count_sql(
    group: Sequence[Part],
    spans: Sequence[Span],
    level: str,
    *,
    boundaries: Boundaries = "dated",
    by: str | None = None,
    split_value: str | None = None,
    units: Sequence[str] | None = None,
    adds_up: bool = True,
) -> str:
    """Return the statement that counts a scan's parts per span, unit of the level and split (and day value).

    Without `adds_up` the rows speak of settling units, for the caller to add up.
    """
    part = group[0]
    counted = [f"{_counted(p)} AS n_{i}" for i, p in enumerate(group)]
    # A stock joins every earlier row to every span: its own predicates must cut first. One part alone needs no FILTER.
    cut = len(group) == 1 or part.period_on in STOCKS
    picked = f"        AND ({' OR '.join(f'({bound(p.predicate)})' for p in group)})\n" if cut else ""
    days = f"        {part.measure} AS days,\n" if part.measure else "        NULL AS days,\n"
    where = "\n        AND ".join(_conditions(part, spans, units, by, split_value))
    return (
        f"WITH {spans_cte(spans)},\n"
        "by_unit AS (\n"
        "    SELECT\n"
        "        span.no AS span_no,\n"
        "        span.rolls_on AS rolls_on,\n"
        f"        {unit_expression(part, boundaries)} AS unit_id,\n"
        f"        {split_expression(by)} AS split_value,\n"
        f"{days}"
        f"        {f',{chr(10)}        '.join(counted)}\n"
        f"    FROM {part.source}\n"
        f"    INNER JOIN span ON {in_span(part)}\n"
        f"    WHERE\n        {where}\n"
        f"{picked}"
        "    GROUP BY 1, 2, 3, 4, 5\n"
        ")\n" + (rollup_sql(len(group), level, units) if adds_up else "SELECT * EXCLUDE (rolls_on) FROM by_unit")
    )


def _counted(part: Part) -> str:
    """Return the sum of a part: its rows, or what its rows add up to."""
    if part.amount:
        return f"coalesce(sum(CASE WHEN {bound(part.predicate)} THEN {part.amount} END), 0)"
    return f"count(*) FILTER (WHERE {bound(part.predicate)})"


def rollup_sql(n_columns: int, level: str, units: Sequence[str] | None) -> str:
    """Return the outer SELECT that adds `by_unit` up to a level by the dated roll-up."""
    sums = ",\n    ".join(f"CAST(sum(by_unit.n_{i}) AS BIGINT) AS n_{i}" for i in range(n_columns))
    only = f"WHERE by_unit.unit_id IN ({members(units)})\n" if units is not None else ""
    return (
        "SELECT\n"
        "    by_unit.span_no,\n"
        "    unit_rollup.ancestor_id,\n"
        "    by_unit.split_value,\n"
        "    by_unit.days,\n"
        f"    {sums}\n"
        "FROM by_unit\n"
        "INNER JOIN unit_rollup\n"
        "    ON unit_rollup.unit_id = by_unit.unit_id\n"
        f"    AND unit_rollup.level = {literals([level])}\n"
        "    AND unit_rollup.valid_from <= by_unit.rolls_on\n"
        "    AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > by_unit.rolls_on)\n"
        f"{only}"
        "GROUP BY by_unit.span_no, unit_rollup.ancestor_id, by_unit.split_value, by_unit.days"
    )


def rows_sql(
    metric: Metric,
    side: Side,
    spans: Sequence[Span],
    level: str,
    ancestors: Sequence[str],
    *,
    boundaries: Boundaries = "dated",
    by: str | None = None,
    split_value: str | None = None,
    units: Sequence[str] | None = None,
    columns: Sequence[str] = (),
    limit: int | None = None,
) -> str:
    """Return the statement that lists the very rows a number counts (one block per part of a sum)."""
    blocks = []
    for component in components(metric, side):
        part = (denominator_part(component) if side == "denominator" else None) or numerator_part(component)
        where = [*_conditions(part, spans, units, by, split_value), bound(part.predicate)]
        blocks.append(
            f"    SELECT\n        {unit_expression(part, boundaries)} AS answering_unit_id,\n"
            "        span.no AS span_no,\n        span.rolls_on AS rolls_on,\n        "
            + ",\n        ".join(columns)
            + f"\n    FROM {part.source}\n    INNER JOIN span ON {in_span(part)}\n"
            "    WHERE\n        " + "\n        AND ".join(where)
        )
    listed = ",\n    ".join(f"picked.{c}" for c in columns)
    return (
        f"WITH {spans_cte(spans)},\npicked AS (\n" + "\n    UNION ALL\n".join(blocks) + "\n)\n"
        f"SELECT\n    unit_rollup.ancestor_id AS answering_unit_id,\n    {listed}\n"
        "FROM picked\n"
        "INNER JOIN unit_rollup\n"
        "    ON unit_rollup.unit_id = picked.answering_unit_id\n"
        f"    AND unit_rollup.level = {literals([level])}\n"
        "    AND unit_rollup.valid_from <= picked.rolls_on\n"
        "    AND (unit_rollup.valid_to IS NULL OR unit_rollup.valid_to > picked.rolls_on)\n"
        f"WHERE unit_rollup.ancestor_id IN ({literals(ancestors)})\n"
        f"ORDER BY picked.span_no, picked.{catalogue.sources()[metric.source].begins_on}, picked.{columns[0]}"
        + (f"\nLIMIT {limit}" if limit is not None else "")
    )
