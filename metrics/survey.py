"""Scores and shares of the province's own survey, with intervals between respondents.

Weighted means and ratios, linearized: the variance is that of the respondents' contributions. Strata and clusters are
not used yet. What is published at which number of respondents follows `PUBLISH`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from metrics import intervals
from metrics.compile import literals, spans_cte, unit_expression
from metrics.compile import numerator_part as rows_of
from metrics.engine import Key
from metrics.figures import NOTHING, Figure
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.stretches import Stretch

SOURCE = "fct_survey_answer"
SQL = Path(__file__).resolve().parent / "sql"


@dataclass(frozen=True)
class PublishRule:
    """How many respondents a figure needs (survey-style rule of the product)."""

    hide_below: int = 15
    pool_below: int = 30
    refer_below: int = 100
    pooled_days: int = 360
    """A period at least this long counts as pooled over twelve months."""


PUBLISH = PublishRule()


@dataclass(frozen=True)
class Scored:
    """A figure, and whether so few answers may be published."""

    figure: Figure
    is_shown: bool
    reasons: tuple[Reason, ...] = ()


class Scores:
    """What the survey says, per metric, span, unit and factor."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.parts: dict[tuple[int, str, str], tuple[float, frozenset[str], int, float]] = {}
        self.shares: dict[tuple[str, Key], tuple[float, ...]] = {}
        self.subs: dict[str, tuple[str, ...]] = {}
        """Part → its sub-dimensions."""

    def keys(self) -> set[Key]:
        """Return every span, unit and split value that has an answer."""
        return {key for _, key in self.shares} | {(no, unit, "") for no, unit, _ in self.parts}

    def figure(self, metric: Metric, key: Key, start: date, end: date) -> Scored:
        """Return the metric's figure, hidden or marked where few people answered."""
        if metric.kind == "proportion":
            n, result = self._share(metric, key)
            missing: list[str] = []
        else:
            n, result, missing = self._score(metric, key)
        pooled = (end - start).days + 1 >= PUBLISH.pooled_days
        if n == 0:
            return Scored(NOTHING, True, (reason("survey_none"),))
        if n < PUBLISH.hide_below:
            return Scored(Figure(None, None, None), False, (reason("survey_few", n=n),))
        if n < PUBLISH.pool_below and not pooled:
            return Scored(Figure(None, None, None), False, (reason("survey_pooled", n=n),))
        reasons = (reason("survey_reference", n=n),) if n < PUBLISH.refer_below else ()
        if missing:
            return Scored(result, True, (reason("survey_incomplete", parts=", ".join(missing)), *reasons))
        return Scored(result, True, reasons)

    def _share(self, metric: Metric, key: Key) -> tuple[int, Figure]:
        found = self.shares.get((metric.name, key))
        if found is None:
            return 0, NOTHING
        n, a, b, aa, ab, bb = found
        p = a / b
        variance = n / (n - 1) * max(0.0, aa - 2 * p * ab + p * p * bb) / (b * b) if n > 1 else 0.0
        # Wilson on the effective number of answers; never on more than were given, nor on nothing at 0 and 1.
        effective = min(p * (1 - p) / variance, b) if variance > 0 else min(n, b)
        lower, upper = intervals.wilson(p * effective, effective)
        return int(n), Figure(_whole(a), _whole(b), p, lower, upper, "linearized")

    def _score(self, metric: Metric, key: Key) -> tuple[int, Figure, list[str]]:
        part = str(metric.options["part"])
        found = self.parts.get((key[0], key[1], part))
        if found is None:
            return 0, NOTHING, []
        score, answered, n, squares = found
        missing = [s for s in self.subs[part] if s not in answered]
        if missing:
            return n, Figure(None, n, None), [f"{s[1]}.{s[2]}" for s in missing]
        half = intervals.Z * math.sqrt(n / (n - 1) * squares) if n > 1 else None
        if half is None:
            return n, Figure(None, n, score), []
        least, most = metric.options["scale"]
        return n, Figure(None, n, score, max(least, score - half), min(most, score + half), "linearized"), []


def _whole(x: float) -> float | int:
    """Return a sum of weights, as a whole number where it is one."""
    rounded = round(x, 6)  # sums of weights carry the noise of floating point
    return int(rounded) if rounded.is_integer() else rounded


def scores(
    metrics: Sequence[Metric], query: Query, times: Sequence[Stretch], targets: dict[int, list[str]], cursor: Any
) -> Scores:
    """Return what the survey says for the metrics; two statements at most beyond the list of parts."""
    found = Scores()
    known = [t for t in times if t.known_to and targets[t.no]]
    units = sorted({u for t in known for u in targets[t.no]})
    if not metrics or not units or not _has_answers(known, cursor):
        return found
    common = {
        "{spans}": spans_cte([t.span for t in known]),
        "{who}": unit_expression(rows_of(metrics[0]), query.boundaries),
        "{level}": literals([query.level]),
        "{units}": literals(units),
    }
    composites = [m for m in metrics if m.kind == "mean" and query.by is None]
    if composites:
        found.subs = _sub_dimensions(cursor)
        wanted = sorted({s for m in composites for s in found.subs[str(m.options["part"])]})
        sql = _filled("survey_parts", {**common, "{items}": literals(wanted)})
        found.statements.append(sql)
        for no, unit, part, score, answered, n, squares in cursor.execute(sql).fetchall():
            found.parts[(no, unit, part)] = (score, frozenset(answered.split(",")), n, squares)
    for metric in (m for m in metrics if m.kind == "proportion" and (query.by is None or query.by in m.splits)):
        factors = [f for f in metric.options["factors"] if query.split_value in (None, f)]
        shares = {
            "{numerator}": metric.numerator,
            "{denominator}": metric.denominator,
            "{factors}": literals(factors),
            "{split}": "item.factor" if query.by else "''",
        }
        sql = _filled("survey_shares", {**common, **shares})
        found.statements.append(sql)
        for no, unit, value, *numbers in cursor.execute(sql).fetchall():
            found.shares[(metric.name, (no, unit, value))] = tuple(float(x) for x in numbers)
    return found


def _has_answers(times: Sequence[Stretch], cursor: Any) -> bool:
    """Return whether anyone answered in the days asked for: planning the scores alone takes longer than a page may."""
    first, last = min(t.starts_on for t in times), max(t.ends_on for t in times)
    sql = f"SELECT 1 FROM {SOURCE} WHERE answered_on BETWEEN DATE '{first}' AND DATE '{last}' LIMIT 1"
    return bool(cursor.execute(sql).fetchall())


def _filled(name: str, values: dict[str, str]) -> str:
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    for gap, value in values.items():
        text = text.replace(gap, value)
    return text


def _sub_dimensions(cursor: Any) -> dict[str, tuple[str, ...]]:
    """Return each part's sub-dimensions: a dimension's own, the total's all."""
    rows = cursor.execute("SELECT part_id, parent_id FROM dim_survey_part ORDER BY part_id").fetchall()
    dimensions = {part for part, parent in rows if parent == "total"}
    found: dict[str, list[str]] = {"total": []}
    for part, parent in rows:
        if parent in dimensions:
            found.setdefault(parent, []).append(part)
            found["total"].append(part)
            found[part] = [part]
    return {part: tuple(subs) for part, subs in found.items()}
