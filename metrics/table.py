"""What an answer is: its rows, the table of them, and the rows behind a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from metrics.model import ANSWER_COLUMNS, Method, Metric, Part, Query
from metrics.notes import Reason

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Row:
    """One answer; the first twenty fields are `ANSWER_COLUMNS`."""

    metric: str
    level: str
    unit_id: str
    unit_code: str
    unit_name: str
    period_start: date
    period_end: date
    numerator: float | int | None
    denominator: float | int | None
    value: float | int | None
    lower: float | None
    upper: float | None
    method: Method
    is_shown: bool
    note: str
    snapshot: str
    split: str | None
    split_value: str | None
    calendar: str
    status: str
    reasons: tuple[Reason, ...] = ()
    is_small: bool = False
    """Too few cases to judge: to be drawn grey, never last."""
    unlisted: tuple[float | int, float | int] = (0, 0)
    """Of numerator and denominator, what comes from tables of the form: counted, and with no cases to list."""

    def note_in(self, lang: str) -> str:
        """Return the note in one language (`note` itself is Vietnamese)."""
        return "; ".join(r.text(lang) for r in self.reasons)

    def record(self) -> dict[str, Any]:
        """Return the columns of the contract, in order."""
        return {name: getattr(self, name) for name in ANSWER_COLUMNS}


@dataclass(frozen=True)
class AnswerTable:
    """The rows of one question, with what was asked and what it means."""

    rows: tuple[Row, ...]
    query: Query
    definitions: tuple[Metric, ...]
    snapshot: str
    data_on: date | None = None
    is_demo: bool = False
    statements: tuple[str, ...] = field(default=(), compare=False)
    """The SQL that was run."""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def definition(self) -> Metric:
        """Return the first metric asked for."""
        return self.definitions[0]

    def of(self, metric: str) -> AnswerTable:
        """Return the same table with one metric's rows only."""
        return AnswerTable(
            tuple(r for r in self.rows if r.metric == metric),
            self.query.at(metrics=(metric,)),
            tuple(d for d in self.definitions if d.name == metric),
            self.snapshot,
            self.data_on,
            self.is_demo,
            self.statements,
        )

    def records(self) -> list[dict[str, Any]]:
        """Return each row's columns of the contract."""
        return [row.record() for row in self.rows]

    def frame(self) -> pd.DataFrame:
        """Return a table with the columns of the contract."""
        import pandas as pd

        return pd.DataFrame(self.records(), columns=list(ANSWER_COLUMNS))


@dataclass(frozen=True)
class CaseTable:
    """The rows behind a number, as dictionaries of the columns that the source lists."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    query: Query
    definition: Metric
    part: Part

    def __len__(self) -> int:
        return len(self.rows)
