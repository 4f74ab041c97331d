"""What a metric, a question and an answer are; no database, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

Kind = Literal[
    "count", "stock", "distinct", "catalogue", "derived", "proportion", "ratio", "rate", "mean", "quantile", "score"
]
"""`distinct` counts different keys, `catalogue` procedures in force; `ratio` divides sums of named metrics, `score`
adds up points of indicators."""
Rows = Literal["case", "own_complaint", "none"]
Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Method = Literal["none", "wilson", "byar", "exact_poisson", "order_statistic", "linearized", "bootstrap"]
Calendar = Literal["calendar", "report"]
Boundaries = Literal["dated", "today"]
Part = Literal["numerator", "denominator"]

ANSWER_COLUMNS = (
    "metric", "level", "unit_id", "unit_code", "unit_name", "period_start", "period_end",
    "numerator", "denominator", "value", "lower", "upper", "method", "is_shown", "note", "snapshot",
    "split", "split_value", "calendar", "status",
)  # fmt: skip
"""One answer row, the same in Python, JSON and CSV (product.md §4)."""

STATUSES = ("ok", "not_sent", "provisional", "not_available", "hidden", "no_denominator")
GROUP = "group"
"""In `levels` of a metric: any dated grouping of units (cụm thi đua …), whose own name is the level asked for."""


@dataclass(frozen=True)
class Regulation:
    """A legal basis with the days between which it holds."""

    cite: str
    article: str = ""
    since: date | None = None
    until: date | None = None
    is_confirmed: bool = True


@dataclass(frozen=True)
class Metric:
    """One definition, as read from `metrics/definitions/*.toml`."""

    name: str
    label: dict[str, str]
    description: dict[str, str]
    kind: Kind
    source: str
    rows: Rows
    unit: str
    direction: Direction
    interval: Method
    levels: tuple[str, ...]
    period_on: str = ""
    numerator: str = ""
    denominator: str = ""
    expression: str = ""
    measure: str = ""
    """Whole days or minutes of a quantile or mean; the key of a distinct count."""
    amount: str = ""
    """A column to add up instead of counting rows; of a proportion, in the numerator."""
    base_amount: str = ""
    """The same in the denominator of a proportion."""
    unfinished: str = ""
    """Rows of the denominator whose outcome is to come: with a material share of them the figure is provisional."""
    quantile: float | None = None
    per: float = 1.0
    unit_on: str = "unit_id"
    splits: tuple[str, ...] = ()
    min_denominator: int = 10
    viewers: Literal["all", "own", "province"] = "all"
    is_component: bool = False
    """A building block of others: can be asked, is not offered."""
    regulation: tuple[Regulation, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def is_share(self) -> bool:
        """Return whether a numerator is counted among a denominator."""
        return self.kind in ("proportion", "ratio")


@dataclass(frozen=True)
class Query:
    """One question; hashable, so that an answer can be cached by (query, viewer, snapshot)."""

    metrics: tuple[str, ...]
    level: str = "province"
    unit: str | None = None
    """Code or unit id; None: every unit of the level in force in the period, in provinces that have data."""
    period: str = ""
    period_to: str = ""
    """With `period_to`, one row per period from `period` to it."""
    calendar: Calendar = "calendar"
    by: str | None = None
    """A split the metric allows: field_name, channel, procedure_code, factor."""
    split_value: str | None = None
    """With `by`, only this value of the split; "" for rows that do not say."""
    boundaries: Boundaries = "dated"
    within: str | None = None
    """Unit id of a province, district or group: only units that add up to it."""

    def at(self, **changes: Any) -> Query:
        """Return the same question with some of it changed."""
        return replace(self, **changes)
