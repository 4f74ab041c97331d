"""A table as somebody sends it, each column with what it truly holds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Cell = str | int | float | datetime | None
HEADER_AGAIN = "header again"
"""Stands in a row of furniture for the headers as they are when the table is written."""
SERIAL_ZERO = datetime(1899, 12, 30)


@dataclass
class Column:
    """One column: header, cells as they will be written, and per canonical field the true value of each record."""

    header: str
    cells: list[Cell]
    truth: dict[str, list[Any]] = field(default_factory=dict)
    """Empty: nothing in this column is a field of ours, whatever its header looks like."""
    moments: list[datetime | None] | None = None
    """Of a column of dates: the moments, so that they can be written in another way."""
    style: str = ""
    upper: str = ""
    """The heading above, merged over several columns."""
    also: list[str] = field(default_factory=list)
    """Other headers that say the same and nothing else."""
    is_sure: bool = True
    """Whether any clerk would read the header in this one way."""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.truth)

    def write_dates(self, style: str) -> None:
        """Write the column's moments in another way."""
        if self.moments is None:
            raise ValueError(f"{self.header}: no dates")
        self.style = style
        self.cells = [write_date(m, style, n) for n, m in enumerate(self.moments)]


@dataclass
class Table:
    """One sheet with its truth; mutations change a copy of it."""

    name: str
    dataset: str
    columns: list[Column]
    n_records: int
    titles: list[str] = field(default_factory=list)
    has_two_rows: bool = False
    kind: str = "xlsx"
    """xlsx or csv."""
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    font: str = ""
    """tcvn3, vni or mojibake: how the texts are spoilt."""
    is_nfd: bool = False
    date_order: str = "dmy"
    are_cells_turned: bool = False
    """Date cells have day and month exchanged, texts beside them have not."""
    meanings: dict[str, str] = field(default_factory=dict)
    """Status as written -> what the sender means by it."""
    units: dict[str, str] = field(default_factory=dict)
    """Unit as written -> unit_id, for questions about names."""
    furniture: dict[int, list[list[Cell]]] = field(default_factory=dict)
    """Rows that are no records, by the record before which they stand (n_records: after the last)."""
    is_shifted: bool = False
    """All cells stand one column to the right of their headers."""
    is_judged_by_rows: bool = False
    """Headers and cells disagree, so that only what is stored can be right or wrong."""
    may_stop: bool = False
    """The file lacks something that every row needs, so no answer can make it whole."""
    mutation: str = "base"
    row_of: list[int] = field(default_factory=list)
    """The sender's row number of each record, once written."""
    constants: dict[str, str] = field(default_factory=dict)
    """Fields whose value the kind of file tells, without a column."""

    def copy(self, mutation: str) -> Table:
        """Return a copy that a mutation may change."""
        made = copy.deepcopy(self)
        made.mutation = mutation
        return made

    def holding(self, *names: str) -> list[Column]:
        """Return the columns that hold one of these fields."""
        return [c for c in self.columns if set(names) & set(c.truth)]

    def only(self, name: str) -> Column | None:
        """Return the column that holds this field and no other."""
        return next((c for c in self.columns if c.fields == (name,)), None)

    def of_dates(self) -> list[Column]:
        """Return the columns of dates that hold fields of ours."""
        return [c for c in self.columns if c.moments is not None and c.truth]

    def carried(self) -> set[str]:
        """Return the fields that the file truly carries."""
        return {name for c in self.columns for name in c.truth}


Mutate = Callable[[Table, Any], bool]
"""Changes a table in place; False where it does not apply."""


def write_date(moment: datetime | None, style: str, n: int = 0) -> Cell:
    """Return a moment as a cell in one of the ways in which people write it."""
    if moment is None:
        return "" if style not in ("cell", "serial") else None
    if style == "mixed":
        style = ("dmy", "cell", "short", "iso", "dmy_time", "serial", "dots")[n % 7]
    if style == "cell":
        return moment
    if style == "serial":
        days = (moment - SERIAL_ZERO) / timedelta(days=1)
        return int(days) if days == int(days) else round(days, 6)
    form = {
        "dmy": "%d/%m/%Y",
        "dmy_time": "%d/%m/%Y %H:%M",
        "dmy_seconds": "%d/%m/%Y %H:%M:%S",
        "time_dmy": "%H:%M %d/%m/%Y",
        "dots": "%d.%m.%Y",
        "dashes": "%d-%m-%Y",
        "iso": "%Y-%m-%d",
        "iso_time": "%Y-%m-%d %H:%M:%S",
        "mdy": "%m/%d/%Y",
        "mdy_time": "%m/%d/%Y %H:%M",
    }.get(style)
    if form:
        return moment.strftime(form)
    if style == "short":
        return f"{moment.day}/{moment.month}/{moment:%y}"
    if style == "loose":
        return f"{moment.day}/{moment.month}/{moment.year}"
    raise ValueError(style)
