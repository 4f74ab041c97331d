"""What a metric means: definition, formula, legal basis with its days, and the SQL that counts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics import catalogue, compile, survey
from metrics.compile import Span
from metrics.model import Metric, Regulation
from metrics.notes import word
from metrics.survey import respondents

EXAMPLE = Span(0, date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))


@dataclass(frozen=True)
class Explanation:
    """Everything about one metric in one language."""

    name: str
    label: str
    description: str
    kind: str
    unit: str
    direction: str
    formula: str
    interval: str
    levels: tuple[str, ...]
    splits: tuple[str, ...]
    rows: str
    viewers: str
    basis: tuple[str, ...]
    sql: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in self.__dict__.items()}


def explain(name: str, lang: str = "vi") -> Explanation:
    """Return the explanation of a metric; raise `UnknownMetric` for a name that has no definition."""
    metric = catalogue.metric(name)
    return Explanation(
        name=metric.name,
        label=metric.label[lang],
        description=metric.description[lang],
        kind=word("kind", metric.kind, lang),
        unit=word("unit", metric.unit, lang),
        direction=word("direction", metric.direction, lang),
        formula=formula(metric),
        interval=word("interval", metric.interval, lang),
        levels=tuple(word("level", level, lang) for level in metric.levels),
        splits=tuple(word("split", split, lang) for split in metric.splits),
        rows=word("rows", metric.rows, lang),
        viewers=word("viewers", metric.viewers, lang),
        basis=tuple(basis(r, lang) for r in metric.regulation),
        sql=sql(metric),
    )


def formula(metric: Metric) -> str:
    """Return the formula in the words of the definition."""
    if metric.kind in ("derived", "ratio"):
        return metric.expression.replace("/", "÷")
    if metric.kind == "score":
        return f"Σ points(rate), points_766.csv, group = {metric.options['group']}"
    if metric.kind == "catalogue":
        return " AND ".join(("count(dim_procedure)", *(f for f in (metric.options.get("flag"),) if f)))
    if metric.kind == "distinct":
        return f"count(different {metric.measure} where {metric.numerator})"
    if metric.kind == "mean" and metric.measure:
        return f"mean of {metric.measure} where {metric.denominator}"
    if "part" in metric.options:
        return f"Σ (floor + span × mean(scale_score)), part = {metric.options['part']}"
    if metric.kind == "quantile":
        return f"quantile({metric.quantile}) of {metric.measure} where {metric.denominator}"
    if metric.kind == "rate":
        return f"{metric.per:g} × count({metric.numerator}) ÷ {metric.denominator}"
    over = _summed(metric.amount, metric.numerator)
    if metric.kind == "proportion":
        return f"{over} ÷ {_summed(metric.base_amount, metric.denominator)}"
    return over


def _summed(amount: str, predicate: str) -> str:
    return f"sum({amount} where {predicate})" if amount else f"count({predicate})"


def basis(regulation: Regulation, lang: str) -> str:
    """Return one legal basis with its article, days and whether it was checked."""
    found = ", ".join(part for part in (regulation.article, regulation.cite) if part)
    if regulation.since:
        found += f" ({word('basis', 'since', lang)} {regulation.since:%d/%m/%Y}"
        found += f" {word('basis', 'until', lang)} {regulation.until:%d/%m/%Y})" if regulation.until else ")"
    return found if regulation.is_confirmed else f"{found} – {word('basis', 'unconfirmed', lang)}"


def sql(metric: Metric) -> tuple[str, ...]:
    """Return the statements that count the metric on the marts, for October 2026 by commune."""
    if metric.source == survey.SOURCE:
        return (respondents.statement(),)  # the rest is arithmetic on respondents (metrics/stats/design.py)
    groups = compile.scans(compile.parts([metric]))
    return tuple(compile.count_sql(group, [EXAMPLE], "commune") for group in groups)
